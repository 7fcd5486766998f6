package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An object store on loopback: S3Proxy, which serves folders of this machine's disk as buckets to
 * those who sign with its keys.
 */
final class S3Server implements AutoCloseable {
  static final String ACCESS_KEY = "AKIAoFTheBucket";
  static final String SECRET_KEY = "s3cr3tOfTheBucket";
  private static final String BUCKET = "bucket";
  private static final Path JARS = Programs.ROOT.resolve("deploy/s3/target");

  private final Path folder;
  private final Daemon server;
  private final String endpoint;

  private S3Server(Path folder, Daemon server, String endpoint) {
    this.folder = folder;
    this.server = server;
    this.endpoint = endpoint;
  }

  /** Starts one with an empty bucket. */
  static S3Server start(Path folder) {
    assertThat(JARS).as("laid out by the profile cluster").isDirectory();
    Path settings = folder.resolve("s3proxy.conf");
    try {
      Files.createDirectories(folder.resolve("buckets").resolve(BUCKET));
      Files.writeString(
          settings,
          """
          s3proxy.endpoint=http://127.0.0.1:0
          s3proxy.authorization=aws-v4
          s3proxy.identity=%s
          s3proxy.credential=%s
          jclouds.provider=filesystem-nio2
          jclouds.filesystem.basedir=%s
          """
              .formatted(ACCESS_KEY, SECRET_KEY, folder.resolve("buckets")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command =
        Programs.daemon(
            JARS.resolve("server") + "/*",
            List.of(),
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString());
    Daemon server = Daemon.start(folder, "s3proxy", Map.of(), command);
    try {
      String port = server.await("Started .*Connector.*\\{127\\.0\\.0\\.1:(\\d+)}", 1).group(1);
      return new S3Server(folder, server, "http://127.0.0.1:" + port);
    } catch (AssertionError e) {
      server.close();
      throw e;
    }
  }

  /** The bucket's content as files, to be read; what is put here has no ETag. */
  Path bucket() {
    return folder.resolve("buckets").resolve(BUCKET);
  }

  /** A key's full address. */
  static String uri(String key) {
    return "s3a://" + BUCKET + "/" + key;
  }

  /**
   * What {@code spark-submit} needs to use it: Hadoop's client, and a file of settings that only
   * its owner can read.
   */
  List<String> options() throws IOException {
    Path settings = folder.resolve("s3.conf");
    Files.deleteIfExists(settings);
    Files.createFile(
        settings,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        settings,
        """
        spark.hadoop.fs.s3a.endpoint %s
        spark.hadoop.fs.s3a.path.style.access true
        spark.hadoop.fs.s3a.access.key %s
        spark.hadoop.fs.s3a.secret.key %s
        """
            .formatted(endpoint, ACCESS_KEY, SECRET_KEY));
    try (Stream<Path> jars = Files.list(JARS.resolve("client"))) {
      return List.of(
          "--jars",
          jars.map(Path::toString).collect(Collectors.joining(",")),
          "--properties-file",
          settings.toString());
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
