package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who can read what a run leaves, and what never stands there. */
final class SecrecyTest {
  private static final String SECRET = "k3y0fTheBucket";

  @TempDir private Path folder;

  @Test
  void filesHaveTheUsersUmaskAndNoCredentials() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 300, 100);
    submit("prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    submit("train", "--data", "set", "--model", "lenet5", "--epochs", "1", "--out", "run");
    submit("evaluate", "--run", "run");
    try (Stream<Path> set = Files.walk(folder.resolve("set"));
        Stream<Path> run = Files.walk(folder.resolve("run"))) {
      List<Path> all = Stream.concat(set, run).toList();
      assertThat(all).hasSizeGreaterThan(10);
      for (Path each : all) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .as("%s", each)
            .endsWith("------");
        if (Files.isRegularFile(each)) {
          assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1))
              .as("%s", each)
              .doesNotContain(SECRET);
        }
      }
    }
  }

  /**
   * With a credential of a file system among Spark's settings, and a umask that shuts others out.
   */
  private void submit(String... arguments) {
    List<String> command =
        Programs.command(
            List.of(
                "--master",
                "local[2]",
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.logConf=true",
                "--conf",
                "spark.hadoop.fs.s3a.secret.key=" + SECRET),
            arguments);
    Outcome outcome =
        Programs.run(
            folder,
            Stream.concat(
                    Stream.of("bash", "-c", "umask 077; exec \"$@\"", "bash"), command.stream())
                .toList());
    assertThat(outcome.status()).as("%s", outcome).isZero();
    assertThat(outcome.out() + outcome.err()).doesNotContain(SECRET);
  }
}
