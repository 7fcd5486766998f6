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
import convoy.model.cost.NetworkCost;
import convoy.model.engine.Engine;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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
 * a slot is free, as a sweep runs them, and the same trials in waves of two. Without stopping each
 * trains one epoch; with halving the best third trains three.
 */
public final class Sweeping {
  private static final int TRIALS = 30;
  private static final int LANES = 2;
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

  /** Takes {@code none} or {@code halving}. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    boolean halving =
        switch (args[0]) {
          case "none" -> false;
          case "halving" -> true;
          default -> throw new IllegalArgumentException(args[0]);
        };
    int epochs = halving ? 3 : 1;
    Stopping stopping =
        halving
            ? new Stopping(Stopping.Rule.HALVING, 1, 3, 0)
            : new Stopping(Stopping.Rule.NONE, 1, 0, 0);
    try (SparkSession spark = Sessions.local(LANES)) {
      PreparedDataset mnist = Sessions.dataset(spark, "mnist");
      Trials trials = new Trials(spark, mnist, epochs);
      long start = System.nanoTime();
      Sweep sweep = sweep(trials, epochs, stopping);
      double seconds = (System.nanoTime() - start) / 1e9;
      List<Trial> done = sweep.standings().searchedTrials();
      double taken =
          done.stream()
              .flatMap(trial -> trial.epochs().stream())
              .mapToDouble(EpochResult::seconds)
              .sum();
      trials.forget();
      long waved = System.nanoTime();
      waves(trials, done);
      double waves = (System.nanoTime() - waved) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "sweep=%.1f waves=%.1f saved=%.3f busy=%.3f epochs=%d%n",
          seconds,
          waves,
          1 - seconds / waves,
          taken / LANES / seconds,
          done.stream().mapToInt(trial -> trial.epochs().size()).sum());
    }
  }

  private static Sweep sweep(Trials trials, int epochs, Stopping stopping)
      throws IOException, InterruptedException {
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
            Map.of("epochs", (long) epochs),
            space,
            Method.RANDOM,
            stopping,
            new Budget(TRIALS, Optional.empty()),
            new Objective(Objective.Measure.ACCURACY, 0),
            1,
            0,
            1);
    Files files = new Files(new Configuration());
    Path folder = java.nio.file.Files.createTempDirectory("convoy-bench");
    Journal journal = new Journal(files, files.resolve(folder.resolve("sweep.jsonl").toString()));
    Sweep.begin(journal, new Entry.Begun(1, "mnist", "", ""));
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
        List<Future<?>> wave = new ArrayList<>();
        for (Trial trial : done.subList(from, Math.min(done.size(), from + LANES))) {
          wave.add(threads.submit(() -> train(trials, trial)));
        }
        for (Future<?> each : wave) {
          each.get();
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void train(Trials trials, Trial trial) {
    Trials.Epochs run = trials.open(trial.ref());
    for (int i = 0; i < trial.epochs().size(); i++) {
      run.next();
    }
  }

  /** Trials of a task an epoch, without files. */
  private static final class Trials implements TrialRunner {
    private final JavaSparkContext spark;
    private final PreparedDataset dataset;
    private final int epochs;
    private final Broadcast<SweepImages> images;
    private final Map<Integer, Epochs> runs = new ConcurrentHashMap<>();

    Trials(SparkSession session, PreparedDataset dataset, int epochs) {
      this.dataset = dataset;
      this.epochs = epochs;
      spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      images =
          spark.broadcast(
              new SweepImages(
                  dataset.shards(session, HELD_OUT, 1).collect(),
                  dataset.validationBatches(session, HELD_OUT, 1_000, LANES).collect()));
    }

    @Override
    public Trial.Cost cost(Trial.Ref ref) {
      NetworkCost cost = NetworkCost.of(network(ref));
      return new Trial.Cost(cost.parameters(), cost.multiplyAdds());
    }

    private Network network(Trial.Ref ref) {
      return Sessions.network(ref.point().values().get("model").toString(), dataset);
    }

    @Override
    public void tidy(Trial.Ref ref) {}

    @Override
    public TestResult test(Trial.Ref ref) {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public Epochs open(Trial.Ref ref) {
      return runs.computeIfAbsent(ref.number(), number -> begun(ref));
    }

    /** So that all trials begin anew. */
    void forget() {
      runs.clear();
    }

    private Epochs begun(Trial.Ref ref) {
      double learningRate = (double) ref.point().values().get("learning-rate");
      Engine engine = Engine.dl4j(network(ref).configuration(Optimizer.ADAM, learningRate, 1));
      return new Epochs(
          ImageWork.of(
              UUID.randomUUID().toString(),
              engine,
              dataset.shape(),
              new Augmentation(10, 0.1, 0.1, false, false)),
          new TrainingPlan(1, epochs, 0, 128, 1, Averaging.plain(FREQUENCY)));
    }

    private final class Epochs implements Run {
      private final ImageWork work;
      private final TrainingPlan plan;
      private final List<EpochResult> done = new ArrayList<>();
      private Optional<Position> reached = Optional.empty();

      Epochs(ImageWork work, TrainingPlan plan) {
        this.work = work;
        this.plan = plan;
      }

      @Override
      public List<EpochResult> done() {
        return List.copyOf(done);
      }

      @Override
      public EpochResult next() {
        Broadcast<Position> from = reached.map(spark::broadcast).orElse(null);
        TrialEpoch epoch = new TrialEpoch(work, plan, dataset.classes().size(), images, from);
        TrialEpoch.Outcome outcome =
            PartitionJob.run(spark.parallelize(List.of(0), 1), TrialEpoch.Outcome.class, epoch)
                .get(0);
        if (outcome.failure() != null) {
          throw new TrialFailedException(outcome.failure(), null);
        }
        if (from != null) {
          from.destroy();
        }
        reached = Optional.of(outcome.reached());
        Counts counts = outcome.validation();
        EpochResult result =
            new EpochResult(
                done.size() + 1,
                outcome.summary().loss(),
                outcome.summary().accuracy(),
                counts.loss(),
                counts.accuracy(),
                outcome.seconds());
        done.add(result);
        return result;
      }

      @Override
      public void end(boolean whole) {}
    }
  }
}
