package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.search.Point;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.sweep.SpecReader;
import convoy.driver.sweep.SweepDirectory;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.Trial;
import convoy.driver.sweep.TrialRunner;
import convoy.driver.sweep.TrialRunner.TrialFailedException;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trials as they are really trained, in Spark's tasks. */
final class TrialRunsTest {
  private static final String SPEC =
      """
      data: toy
      model: cnn-small
      train: {epochs: 3, validation: 100, rotation: 10, horizontal-flip: true}
      search:
        learning-rate: {log: [1e-4, 100]}
        dropout: {range: [0, 0.5]}
        optimizer: [sgd, adam]
        filters: {integer: [1, 8]}
      budget: {trials: 4}
      """;

  private final Files files = new Files(new Configuration());
  private final SweepSpec spec = new SpecReader(new SpecOptions()).read("sweep.yaml", SPEC);
  @TempDir private Path folder;
  private PreparedDataset dataset;
  private SweepDirectory directory;

  @BeforeEach
  void prepare() throws IOException {
    dataset = ToyImages.preparedDigits(folder, 603, 50);
    directory = SweepDirectory.create(files, files.resolve(folder.resolve("sweep").toString()));
    directory.describe(SPEC);
  }

  /** Opened anew for every epoch, as if it had paused, or another driver had gone on with it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aTrialEndsInTheBytesOfTrainWithItsSettings(int workers) throws IOException {
    Trial.Ref ref = ref(1, Map.of("learning-rate", 1e-3, "dropout", 0.25, "optimizer", "adam"));
    List<EpochResult> results = new ArrayList<>();
    try (TrialImages images = images(workers)) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        TrialRunner.Run run = runs(workers, images).open(ref);
        assertThat(run.done()).hasSize(epoch - 1);
        results.add(run.next());
      }
      TrialRunner.Run run = runs(workers, images).open(ref);
      run.end(true);
      runs(workers, images).tidy(ref);
      assertThat(runs(workers, images).open(ref).done()).hasSize(3);
    }
    Path own = folder.resolve("sweep/trials/0001");
    assertThat(own.resolve("_SUCCESS")).exists();
    assertThat(own.resolve("checkpoints")).doesNotExist();

    TrainSettings settings =
        ParsedOptions.of(
                List.of(
                    "--model=cnn-small",
                    "--epochs=3",
                    "--validation=100",
                    "--rotation=10",
                    "--horizontal-flip",
                    "--learning-rate=1e-3",
                    "--dropout=0.25",
                    "--optimizer=adam",
                    "--workers=" + workers))
            .options()
            .settings(dataset, 2);
    TrainJob job = new TrainJob(LocalSpark.session(), dataset, settings, "plain");
    TrainingState plain;
    try (RunDirectory run =
        RunDirectory.create(files, files.resolve(folder.resolve("plain").toString()))) {
      run.describe(job.record("toy", List.of()));
      plain = job.train(run, false, new CheckpointEvery(100, null), Console.standard());
    }
    TrainingState trial = ModelArchive.read(own.resolve("model.zip")).state();
    assertThat(trial.parameters()).isEqualTo(plain.parameters());
    assertThat(trial.updaterState()).isEqualTo(plain.updaterState());
    List<EpochMetrics> metrics = metrics(folder.resolve("plain"));
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(results.get(epoch).accuracy()).isEqualTo(metrics.get(epoch).validationAccuracy());
      assertThat(results.get(epoch).loss()).isEqualTo(metrics.get(epoch).validationLoss());
      assertThat(results.get(epoch).trainLoss()).isEqualTo(metrics.get(epoch).loss());
    }
    assertThat(metrics(own)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aTrialThatDivergesFailsByItself(int workers) throws IOException {
    try (TrialImages images = images(workers)) {
      TrialRuns runs = runs(workers, images);
      TrialRunner.Run run = runs.open(ref(1, Map.of("learning-rate", 100.0, "optimizer", "sgd")));
      assertThatThrownBy(
              () -> {
                run.next();
                run.next();
                run.next();
              })
          .isInstanceOf(TrialFailedException.class)
          .hasMessageContaining("diverged: lower --learning-rate");
      assertThat(runs.open(ref(2, Map.of("optimizer", "adam"))).next().accuracy()).isPositive();
    }
  }

  @Test
  void settingsThatTheNetworkRefusesFailTheTrial() throws IOException {
    try (TrialImages images = images(1)) {
      TrialRuns runs = runs(1, images);
      Trial.Ref ref = ref(1, Map.of("model", "mlp", "filters", 4L));
      assertThat(runs.cost(ref)).isEqualTo(new Trial.Cost(0, 0));
      assertThatThrownBy(() -> runs.open(ref))
          .isInstanceOf(TrialFailedException.class)
          .hasMessage(
              "--filters: mlp has no convolutions; leave them out, or choose another network");
      assertThat(runs.cost(ref(2, Map.of("filters", 4L))).parameters()).isPositive();
    }
  }

  @Test
  void aNetworkThatNoMemoryHoldsFailsTheTrial() throws IOException {
    try (TrialImages images = images(1)) {
      TrialRuns runs = runs(1, images);
      for (long units : new long[] {500_000, 100_000_000}) {
        assertThatThrownBy(() -> runs.open(ref(1, Map.of("model", "mlp", "dense-units", units))))
            .isInstanceOf(TrialFailedException.class)
            .hasMessageMatching(
                "out of memory: its network takes \\d+\\.\\d GB while it trains, and the driver's host has \\d+\\.\\d GB");
      }
    }
  }

  private Trial.Ref ref(int number, Map<String, Object> point) {
    return new Trial.Ref("trials/%04d".formatted(number), number, new Point(point), 1);
  }

  private TrialImages images(int workers) {
    return TrialImages.of(
        LocalSpark.session(), dataset, new TrialImages.HeldOut(100, 1_000), workers);
  }

  private TrialRuns runs(int workers, TrialImages images) {
    return new TrialRuns(
        LocalSpark.session(), files, directory, spec, dataset, workers, images, List.of());
  }

  private static List<EpochMetrics> metrics(Path run) throws IOException {
    return java.nio.file.Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> convoy.driver.store.Json.read(line, EpochMetrics.class, "metrics"))
        .toList();
  }
}
