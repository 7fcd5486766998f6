package convoy.driver.cli;

import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Counts;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.driver.store.Json;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.ConvolutionPath;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * One run of {@code train}: its images cached in the executors, its network, its results. Driver
 * only; not serialisable.
 */
final class TrainJob {
  private final SparkSession spark;
  private final PreparedDataset dataset;
  private final TrainSettings settings;
  private final String id;
  private final Engine engine;

  TrainJob(SparkSession spark, PreparedDataset dataset, TrainSettings settings, String id) {
    this.spark = spark;
    this.dataset = dataset;
    this.settings = settings;
    this.id = id;
    engine = settings.engine();
  }

  TrainSettings settings() {
    return settings;
  }

  /** What a worker does. */
  ImageWork work() {
    return ImageWork.of(id, engine, dataset.shape(), settings.augmentation());
  }

  /** Everything it takes to repeat the run. */
  RunRecord record(String data, List<String> devices) {
    SparkContext context = spark.sparkContext();
    return new RunRecord(
        RunRecord.SCHEMA,
        id,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        settings.asMap(data),
        new RunRecord.Dataset(
            dataset.manifest().name(),
            dataset.root().toString(),
            dataset.manifest().checksum(),
            dataset.shape().channels(),
            dataset.shape().height(),
            dataset.shape().width(),
            dataset.classes()),
        Json.read(settings.configuration(), Map.class, "the network's configuration"),
        Sessions.versions(spark),
        new RunRecord.Cluster(
            context.master(),
            context.applicationId(),
            Sessions.slots(spark),
            devices,
            ConvolutionPath.inForce().name().toLowerCase(Locale.ROOT),
            context.getConf().get("spark.driver.host", "")));
  }

  /**
   * Trains from the newest checkpoint that is whole, or from the start, telling the person and
   * {@code metrics.jsonl} of every epoch.
   *
   * @param resumed whether the run began before
   */
  TrainingState train(RunDirectory run, boolean resumed, CheckpointEvery every, Console console)
      throws IOException {
    int workers = settings.plan().workers();
    JavaRDD<ImageBlock> shards =
        dataset
            .shards(spark, settings.validation(), workers)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Optional<JavaRDD<ImageBlock>> validation = validationBatches();
    try {
      console.passing("reading images");
      long images = shards.map(block -> (long) block.size()).fold(0L, Long::sum);
      Training training =
          new Training(
              settings.plan(),
              new SparkRounds<>(Sessions.context(spark), work(), shards),
              Training.Sizes.even(images, workers));
      Optional<Position> stored = run.checkpoints().newest(warning -> console.line("%s", warning));
      stored.ifPresentOrElse(
          p -> console.line("going on after round %d", p.round()),
          () -> {
            if (resumed) {
              console.line("no checkpoint that is whole: beginning the run again");
            }
          });
      Position from = stored.orElseGet(() -> training.start(engine.initialState()));
      Optional<EarlyStopping.Watch> watch = watch(run.keepMetrics(from.reported()));
      console.epochHeader();
      CheckpointKeeper keeper = new CheckpointKeeper(run.checkpoints(), every, from);
      Reporter reporter = new Reporter(run, console, validation, keeper, watch);
      return Interruption.handledBy(
          () -> interrupted(run, keeper, console),
          () -> {
            TrainingState state = training.run(from, reporter);
            keeper.writeLatest();
            watch.ifPresent(w -> console.line("%s", w.described()));
            return state;
          });
    } finally {
      shards.unpersist();
      validation.ifPresent(JavaRDD::unpersist);
    }
  }

  /** Knows the epochs that were reported before. */
  private Optional<EarlyStopping.Watch> watch(List<String> metrics) {
    Optional<EarlyStopping.Watch> watch = settings.earlyStopping().map(EarlyStopping.Watch::new);
    watch.ifPresent(
        w -> metrics.forEach(line -> w.note(Json.read(line, EpochMetrics.class, "metrics.jsonl"))));
    return watch;
  }

  /** A model of this run as it is saved. */
  ModelArchive archive(TrainingState model) {
    return new ModelArchive(settings.configuration(), model, dataset.classes());
  }

  private static void interrupted(RunDirectory run, CheckpointKeeper keeper, Console console) {
    int round = keeper.writeLatest();
    console.line(
        "Interrupted after round %d. Go on by: train --resume --out %s", round, run.root());
  }

  /** Evaluates on the test images. */
  TestEvaluation.Result evaluate(TrainingState state, RunDirectory run) {
    return new TestEvaluation(spark, dataset, settings.evaluationBatchSize(), Views.NONE, false)
        .run(new Evaluation.Run(run.root().toString(), id), engine, state.parameters());
  }

  private Optional<JavaRDD<ImageBlock>> validationBatches() {
    return settings.validation() == 0
        ? Optional.empty()
        : Optional.of(
            dataset
                .validationBatches(
                    spark,
                    settings.validation(),
                    settings.evaluationBatchSize(),
                    Sessions.slots(spark))
                .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /** Evaluates on the held-out images after every epoch and reports. */
  private final class Reporter implements TrainingListener {
    private final RunDirectory run;
    private final Console console;
    private final Optional<JavaRDD<ImageBlock>> validation;
    private final CheckpointKeeper keeper;
    private final Optional<EarlyStopping.Watch> watch;
    private final Evaluator evaluator =
        new Evaluator(
            Sessions.context(spark),
            id,
            engine,
            dataset.shape(),
            dataset.classes().size(),
            Views.NONE);

    Reporter(
        RunDirectory run,
        Console console,
        Optional<JavaRDD<ImageBlock>> validation,
        CheckpointKeeper keeper,
        Optional<EarlyStopping.Watch> watch) {
      this.run = run;
      this.console = console;
      this.validation = validation;
      this.keeper = keeper;
      this.watch = watch;
    }

    @Override
    public void roundDone(Progress progress) {
      console.progress(progress);
    }

    @Override
    public void epochDone(EpochSummary epoch, TrainingState model) {
      console.passing("validating");
      long start = System.nanoTime();
      Optional<Counts> counts = validation.map(v -> evaluator.evaluate(v, model.parameters()));
      double seconds = (System.nanoTime() - start) / 1e9;
      console.epoch(epoch, counts.map(Counts::accuracy));
      EpochMetrics metrics = EpochMetrics.of(epoch, counts, seconds);
      try {
        if (watch.isPresent() && watch.get().note(metrics)) {
          run.saveBest(archive(model));
        }
        run.addMetrics(metrics);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void reached(Position position) {
      keeper.reached(position);
    }

    @Override
    public boolean hasEnough() {
      return watch.isPresent() && watch.get().hasEnough();
    }
  }
}
