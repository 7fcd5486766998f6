package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainJobTest {
  private static final CheckpointEvery EVERY_ROUND = new CheckpointEvery(1, null);

  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;

  /** The accuracy on toys cannot get any better soon, so that an earlier epoch stays the best. */
  @Test
  void aRunThatStopsEarlyStopsThereAfterAResumeToo() throws IOException {
    PreparedDataset dataset = ToyImages.preparedDigits(folder, 603, 50);
    TrainSettings settings =
        ParsedOptions.of(
                List.of(
                    "--model=lenet5",
                    "--epochs=20",
                    "--workers=2",
                    "--batch-size=32",
                    "--averaging-frequency=4",
                    "--early-stopping=accuracy",
                    "--patience=2"))
            .options()
            .settings(dataset, 2);
    String id = UUID.randomUUID().toString();
    TrainJob job = new TrainJob(LocalSpark.session(), dataset, settings, id);
    Path run = folder.resolve("run");
    TrainingState whole = train(job, run);
    List<String> metrics = java.nio.file.Files.readAllLines(run.resolve("metrics.jsonl"));
    ModelArchive best = ModelArchive.read(run.resolve("best.zip"));
    assertThat(metrics).hasSizeBetween(3, 19);
    assertThat(best.state().epoch()).isEqualTo(metrics.size() - 2);

    // As if the driver had died before the last round.
    deleteNewestCheckpoint(run);
    TrainingState again = train(job, run);
    assertThat(again.parameters()).isEqualTo(whole.parameters());
    assertThat(again.epoch()).isEqualTo(whole.epoch());
    assertThat(java.nio.file.Files.readAllLines(run.resolve("metrics.jsonl")))
        .hasSameSizeAs(metrics);
    assertThat(ModelArchive.read(run.resolve("best.zip")).state().epoch())
        .isEqualTo(best.state().epoch());

    // And as if it had died after it.
    assertThat(train(job, run).parameters()).isEqualTo(whole.parameters());
    assertThat(java.nio.file.Files.readAllLines(run.resolve("metrics.jsonl")))
        .hasSameSizeAs(metrics);
  }

  private TrainingState train(TrainJob job, Path place) throws IOException {
    boolean resumed = java.nio.file.Files.exists(place);
    org.apache.hadoop.fs.Path root = files.resolve(place.toString());
    try (RunDirectory run =
        resumed ? RunDirectory.resume(files, root) : RunDirectory.create(files, root)) {
      if (!resumed) {
        run.describe(job.record("toy", List.of()));
      }
      return job.train(run, resumed, EVERY_ROUND, Console.standard());
    }
  }

  private static void deleteNewestCheckpoint(Path run) throws IOException {
    try (Stream<Path> checkpoints = java.nio.file.Files.list(run.resolve("checkpoints"))) {
      Path newest = checkpoints.max(Path::compareTo).orElseThrow();
      try (Stream<Path> contents = java.nio.file.Files.list(newest)) {
        for (Path file : contents.toList()) {
          java.nio.file.Files.delete(file);
        }
      }
      java.nio.file.Files.delete(newest);
    }
  }
}
