package convoy.bench;

import convoy.data.augment.Augmentation;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Counts;
import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.slot.PartitionJob;
import convoy.driver.store.Files;
import convoy.driver.sweep.Entry;
import convoy.driver.sweep.Journal;
import convoy.driver.sweep.Objective;
import convoy.driver.sweep.Sweep;
import convoy.driver.sweep.SweepImages;
import convoy.driver.sweep.SweepListener;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TestResult;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Method;
import convoy.driver.sweep.SweepSpec.Stopping;
import convoy.driver.sweep.Trial;
import convoy.driver.sweep.TrialEpoch;
import convoy.driver.sweep.TrialRunner;
import convoy.driver.train.Averaging;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * Thirty trials of MNIST with four networks of very different cost, two at a time: each as soon as
 * a slot is free, as a sweep runs them, and the same trials in waves of two.
 */
public final class Sweeping {
  private static final int TRIALS = 30;
  private static final int LANES = 2;
  private static final int EPOCHS = 1;
  private static final int HELD_OUT = 10_000;
  private static final int FREQUENCY = 10;

  private static final SweepListener SILENT =
      new SweepListener() {
        @Override
        public void changed(Progress progress) {}

        @Override
        public void left(Trial trial) {}
      };

  private Sweeping() {}

  /** Takes nothing. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    try (SparkSession spark = Sessions.local(LANES)) {
      PreparedDataset mnist = Sessions.dataset(spark, "mnist");
      Trials trials = new Trials(spark, mnist);
      long start = System.nanoTime();
      Sweep sweep = sweep(trials);
      double seconds = (System.nanoTime() - start) / 1e9;
      List<Trial> done = sweep.standings().searchedTrials();
      double taken =
          done.stream()
              .flatMap(trial -> trial.epochs().stream())
              .mapToDouble(EpochResult::seconds)
              .sum();
      long waved = System.nanoTime();
      waves(trials, done);
      double waves = (System.nanoTime() - waved) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "sweep=%.1f waves=%.1f saved=%.3f busy=%.3f%n",
          seconds,
          waves,
          1 - seconds / waves,
          taken / LANES / seconds);
    }
  }

  private static Sweep sweep(Trials trials) throws IOException, InterruptedException {
    Space space =
        new Space(
            List.of(
                new Setting(
                    "model",
                    new Range.Choice(List.of("mlp", "lenet5", "cnn-small", "cnn-deep")),
                    Optional.empty()),
                new Setting(
                    "learning-rate", new Range.Continuous(1e-4, 1e-2, true), Optional.empty())));
    SweepSpec spec =
        new SweepSpec(
            "mnist",
            Map.of("epochs", (long) EPOCHS),
            space,
            Method.RANDOM,
            new Stopping(Stopping.Rule.NONE, 1, 0, 0),
            new Budget(TRIALS, Optional.empty()),
            new Objective(Objective.Measure.ACCURACY, 0),
            1,
            0,
            1);
    Files files = new Files(new Configuration());
    Path folder = java.nio.file.Files.createTempDirectory("convoy-bench");
    Journal journal = new Journal(files, files.resolve(folder.resolve("sweep.jsonl").toString()));
    Sweep.begin(journal, new Entry.Begun(1, "", ""));
    Sweep sweep = new Sweep(spec, journal, trials, SILENT, LANES);
    sweep.search();
    return sweep;
  }

  /** Two trials, and the next two when both are done. */
  private static void waves(Trials trials, List<Trial> done)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(LANES);
    try {
      for (int from = 0; from < done.size(); from += LANES) {
        List<Future<EpochResult>> wave = new ArrayList<>();
        for (Trial trial : done.subList(from, Math.min(done.size(), from + LANES))) {
          wave.add(threads.submit(() -> trials.open(trial.ref()).next()));
        }
        for (Future<EpochResult> each : wave) {
          each.get();
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Trials of a single epoch in a task each, without files. */
  private static final class Trials implements TrialRunner {
    private final JavaSparkContext spark;
    private final PreparedDataset dataset;
    private final Broadcast<SweepImages> images;

    Trials(SparkSession session, PreparedDataset dataset) {
      this.dataset = dataset;
      spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      images =
          spark.broadcast(
              new SweepImages(
                  dataset.shards(session, HELD_OUT, 1).collect(),
                  dataset.validationBatches(session, HELD_OUT, 1_000, LANES).collect()));
    }

    @Override
    public Trial.Cost cost(Trial.Ref ref) {
      return new Trial.Cost(1, 1);
    }

    @Override
    public void tidy(Trial.Ref ref) {}

    @Override
    public TestResult test(Trial.Ref ref) {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public Run open(Trial.Ref ref) {
      Map<String, Object> point = ref.point().values();
      InputShape input =
          new InputShape(
              dataset.shape().channels(), dataset.shape().height(), dataset.shape().width());
      Engine engine =
          Engine.dl4j(
              Zoo.named(point.get("model").toString(), input, dataset.classes().size())
                  .configuration(Optimizer.ADAM, (double) point.get("learning-rate"), 1));
      ImageWork work =
          ImageWork.of(
              UUID.randomUUID().toString(),
              engine,
              dataset.shape(),
              new Augmentation(10, 0.1, 0.1, false, false));
      TrainingPlan plan = new TrainingPlan(1, EPOCHS, 0, 128, 1, Averaging.plain(FREQUENCY));
      Broadcast<Position> beginning = null;
      return new OneEpoch(new TrialEpoch(work, plan, dataset.classes().size(), images, beginning));
    }

    private final class OneEpoch implements Run {
      private final TrialEpoch epoch;

      OneEpoch(TrialEpoch epoch) {
        this.epoch = epoch;
      }

      @Override
      public List<EpochResult> done() {
        return List.of();
      }

      @Override
      public EpochResult next() {
        TrialEpoch.Outcome outcome =
            PartitionJob.run(spark.parallelize(List.of(0), 1), TrialEpoch.Outcome.class, epoch)
                .get(0);
        if (outcome.failure() != null) {
          throw new TrialFailedException(outcome.failure(), null);
        }
        Counts counts = outcome.validation();
        return new EpochResult(
            1,
            outcome.summary().loss(),
            outcome.summary().accuracy(),
            counts.loss(),
            counts.accuracy(),
            outcome.seconds());
      }

      @Override
      public void end(boolean whole) {}
    }
  }
}
