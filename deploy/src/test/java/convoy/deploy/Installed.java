package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** What tests need beside Java, which {@code .ci/run} installs. */
final class Installed {
  private Installed() {}

  /** Ends the test where a program is not installed, and fails it in CI. */
  static void require(String program) {
    if (!Files.isExecutable(Path.of(program))) {
      String missing = program + ": is not installed";
      assertThat(System.getenv("CI")).as(missing).isNull();
      abort(missing);
    }
  }
}
