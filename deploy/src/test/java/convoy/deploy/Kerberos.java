package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Kerberos on loopback: a key distribution centre as a process of its own, and who is who there.
 */
final class Kerberos implements AutoCloseable {
  /** Whose files and jobs they are. */
  static final String USER = "convoy";

  /** Of a delegation token, after which nobody can renew it. */
  static final Duration TOKEN_LIFETIME = Duration.ofMinutes(1);

  private static final Path JARS = Programs.ROOT.resolve("deploy/kdc/target/server");
  private static final String REALM = "CONVOY.TEST";

  private final Path folder;
  private final Daemon server;

  private Kerberos(Path folder, Daemon server) {
    this.folder = folder;
    this.server = server;
  }

  /** Starts one that knows HDFS, YARN and a user, all with keys in one file. */
  static Kerberos start(Path folder) {
    assertThat(JARS).as("laid out by the profile cluster").isDirectory();
    Path settings = folder.resolve("kdc.properties");
    try {
      Files.createDirectories(folder);
      Files.writeString(
          settings,
          """
          org.name=CONVOY
          org.domain=TEST
          instance=DefaultKrbServer
          kdc.bind.address=127.0.0.1
          kdc.port=0
          transport=TCP
          max.ticket.lifetime=86400000
          max.renewable.lifetime=604800000
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command =
        Programs.daemon(
            JARS + "/*",
            List.of(),
            "org.apache.hadoop.minikdc.MiniKdc",
            folder.toString(),
            settings.toString(),
            folder.resolve("all.keytab").toString(),
            "hdfs/localhost",
            "yarn/localhost",
            USER);
    Daemon server = Daemon.start(folder, "kdc", Map.of(), command);
    try {
      server.await("Standalone MiniKdc Running", 1);
      return new Kerberos(folder, server);
    } catch (AssertionError e) {
      server.close();
      throw e;
    }
  }

  /** The keys of all. */
  Path keytab() {
    return folder.resolve("all.keytab");
  }

  /** A user's or a server's full name. */
  static String principal(String name) {
    return name + "@" + REALM;
  }

  /** What every JVM needs that is to find the centre. */
  String javaOption() {
    return "-Djava.security.krb5.conf=" + folder.resolve("krb5.conf");
  }

  /** The variables by which Hadoop's own programs log in. */
  Map<String, String> login(String name) {
    return Map.of("KRB5PRINCIPAL", principal(name), "KRB5KEYTAB", keytab().toString());
  }

  /** What all of Hadoop is told: nobody without a ticket, nothing in the clear. */
  static Map<String, String> core() {
    return Map.of(
        "hadoop.security.authentication",
        "kerberos",
        "hadoop.security.authorization",
        "true",
        "hadoop.rpc.protection",
        "privacy");
  }

  /** What HDFS's servers and clients are told. */
  Map<String, String> hdfs() {
    Map<String, String> settings = new HashMap<>();
    for (String server : List.of("namenode", "datanode")) {
      settings.put("dfs." + server + ".kerberos.principal", principal("hdfs/localhost"));
      settings.put("dfs." + server + ".keytab.file", keytab().toString());
    }
    settings.put("dfs.permissions.enabled", "true");
    settings.put("dfs.block.access.token.enable", "true");
    settings.put("dfs.data.transfer.protection", "privacy");
    // Else it is triple DES, which takes most of the time.
    settings.put("dfs.encrypt.data.transfer.cipher.suites", "AES/CTR/NoPadding");
    // Ports below 1024 are not this test's to take.
    settings.put("ignore.secure.ports.for.testing", "true");
    settings.put("dfs.namenode.delegation.token.renew-interval", "40000");
    settings.put(
        "dfs.namenode.delegation.token.max-lifetime", Long.toString(TOKEN_LIFETIME.toMillis()));
    return settings;
  }

  /** What YARN's servers and clients are told. */
  Map<String, String> yarn() {
    Map<String, String> settings = new HashMap<>();
    for (String server : List.of("resourcemanager", "nodemanager")) {
      settings.put("yarn." + server + ".principal", principal("yarn/localhost"));
      settings.put("yarn." + server + ".keytab", keytab().toString());
    }
    return settings;
  }

  @Override
  public void close() {
    server.close();
  }
}
