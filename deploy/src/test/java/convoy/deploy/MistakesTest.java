package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher's user sees after a mistake; every kind of mistake is tested in the driver. */
final class MistakesTest {
  @TempDir private Path folder;

  @Test
  void aWrongOptionEndsWithStatus2AndNoStackTrace() {
    Outcome outcome = Programs.convoy(folder, "train", "--data", "mnist", "--model", "lenet");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("Invalid value for option '--model': 'lenet' is not a network; known are")
        .doesNotContain("\tat ");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aDamagedFileEndsWithStatus1AndNothingHalfWritten() throws IOException {
    Path raw = ToyFiles.idx(folder.resolve("raw"), 20, 10);
    Path images = raw.resolve("train-images-idx3-ubyte");
    byte[] bytes = Files.readAllBytes(images);
    Files.write(images, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    Outcome outcome =
        Programs.convoy(folder, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("train-images-idx3-ubyte: ")
        .contains("20 images of 28x28")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("set")).doesNotExist();
  }
}
