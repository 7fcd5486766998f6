package convoy.driver.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.CommandLineException;
import convoy.driver.predict.Prediction.Images;
import convoy.driver.predict.Prediction.Network;
import convoy.driver.predict.Prediction.Result;
import convoy.driver.store.Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PredictionDirectoryTest {
  private static final Network NETWORK = new Network("file:/run", "id", "abc");
  private static final Prediction JOB =
      new Prediction(
          Prediction.SCHEMA,
          "2026-01-01T00:00:00Z",
          NETWORK,
          new Images("file:/in", "files", 3, "print"),
          List.of("cat", "dog"),
          100,
          1,
          Map.of("java", "17"),
          null);
  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;
  private org.apache.hadoop.fs.Path place;

  @BeforeEach
  void choosePlace() throws IOException {
    place = files.resolve(folder.resolve("out").toString());
  }

  @Test
  void keepsWhatAJobIsAndWhatCameOfIt() throws IOException {
    Prediction done = JOB.with(new Result(1, 3, 1.5, 2, 4));
    try (PredictionDirectory out = PredictionDirectory.create(files, place)) {
      assertThat(out.description()).isEmpty();
      out.describe(JOB);
      assertThat(out.description()).contains(JOB);
      java.nio.file.Files.writeString(folder.resolve("out/_images.txt"), "a list");
      assertThat(out.isFinished()).isFalse();
      out.finish(done);
    }
    try (PredictionDirectory out = PredictionDirectory.resume(files, place)) {
      assertThat(out.isFinished()).isTrue();
      assertThat(out.description()).contains(done);
    }
    assertThat(folder.resolve("out").toFile().list())
        .containsExactlyInAnyOrder("prediction.json", "_SUCCESS");
  }

  @Test
  void removesTheDirectoryOfAJobThatWasRefused() throws IOException {
    PredictionDirectory.create(files, place).close();
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void refusesAPlaceThatHoldsSomething() throws IOException {
    try (PredictionDirectory out = PredictionDirectory.create(files, place)) {
      out.describe(JOB);
    }
    assertRefused("holds an unfinished prediction. Go on with it by --resume, or");
    java.nio.file.Files.createFile(folder.resolve("out/_SUCCESS"));
    assertRefused("holds a finished prediction. Choose another directory, or remove it.");
    java.nio.file.Files.delete(folder.resolve("out/_SUCCESS"));
    java.nio.file.Files.move(folder.resolve("out/prediction.json"), folder.resolve("out/x"));
    assertRefused("is not empty. Choose a directory that is empty or not there yet.");
    assertThatThrownBy(() -> PredictionDirectory.resume(files, place))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--out %s: holds no prediction to resume (no prediction.json in it), but something else."
                .formatted(place));
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> PredictionDirectory.create(files, place))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--out %s: %s".formatted(place, message));
  }

  @Test
  void beginsAgainWhereAJobDiedWhileItListed() throws IOException {
    java.nio.file.Files.createDirectories(folder.resolve("out"));
    java.nio.file.Files.writeString(folder.resolve("out/_images.txt"), "a list");
    String unfinished = "." + "_images.txt.00000000-0000-0000-0000-000000000000.tmp";
    java.nio.file.Files.writeString(folder.resolve("out").resolve(unfinished), "half a list");
    try (PredictionDirectory out = PredictionDirectory.resume(files, place)) {
      assertThat(folder.resolve("out").resolve(unfinished)).doesNotExist();
      out.describe(JOB);
    }
  }

  @Test
  void refusesToGoOnWithAnotherNetworkOrOtherImagesOrBatches() {
    JOB.requireSame(new Network("file:/moved", "id", "abc"), "file:/in", 100);
    assertThatThrownBy(() -> JOB.requireSame(new Network("file:/run", "x", "abc"), "file:/in", 100))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--resume: --run: the job began with id, the command line says x. Give what it began with, or another --out.");
    assertThatThrownBy(() -> JOB.requireSame(new Network("file:/run", "id", "x"), "file:/in", 100))
        .hasMessageStartingWith("--resume: --run: the model's SHA-256: the job began with abc");
    assertThatThrownBy(() -> JOB.requireSame(NETWORK, "file:/other", 100))
        .hasMessageStartingWith("--resume: --images: the job began with file:/in");
    assertThatThrownBy(() -> JOB.requireSame(NETWORK, "file:/in", 99))
        .hasMessageStartingWith("--resume: --batch-size: the job began with 100, the command");
  }
}
