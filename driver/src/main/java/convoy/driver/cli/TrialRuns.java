package convoy.driver.cli;

import com.sun.management.OperatingSystemMXBean;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Views;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.driver.sweep.SweepDirectory;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TestResult;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.Trial;
import convoy.driver.sweep.TrialEpoch;
import convoy.driver.sweep.TrialRunner;
import convoy.driver.train.DivergedException;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.model.archive.ModelArchive;
import convoy.model.cost.NetworkCost;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParameterException;

/**
 * Trials as ordinary runs: each ends in the model that {@code train} with its settings gives. Safe
 * for use by several threads. Driver only; not serialisable.
 */
final class TrialRuns implements TrialRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TrialRuns.class);

  private final SparkSession spark;
  private final Files files;
  private final SweepDirectory directory;
  private final SweepSpec spec;
  private final PreparedDataset dataset;
  private final int workers;
  private final TrialImages images;
  private final List<String> devices;

  TrialRuns(
      SparkSession spark,
      Files files,
      SweepDirectory directory,
      SweepSpec spec,
      PreparedDataset dataset,
      int workers,
      TrialImages images,
      List<String> devices) {
    this.spark = spark;
    this.files = files;
    this.directory = directory;
    this.spec = spec;
    this.dataset = dataset;
    this.workers = workers;
    this.images = images;
    this.devices = devices;
  }

  @Override
  public Trial.Cost cost(Trial.Ref ref) {
    try {
      NetworkCost cost = NetworkCost.of(settings(ref).network());
      return new Trial.Cost(cost.parameters(), cost.multiplyAdds());
    } catch (RuntimeException | OutOfMemoryError e) {
      // Opening it will say so.
      LOG.info("{} cannot be built", ref.directory(), e);
      return new Trial.Cost(0, 0);
    }
  }

  /**
   * What makes {@code train} train a trial's network.
   *
   * @param workers of the trial
   */
  static List<String> arguments(SweepSpec spec, Trial.Ref ref, int workers) {
    Map<String, Object> given = new LinkedHashMap<>(spec.fixed());
    given.putAll(ref.point().values());
    given.put("workers", workers);
    given.put("seed", ref.seed());
    return ParsedOptions.arguments(given);
  }

  /**
   * Likewise, as {@code train} understands them.
   *
   * @throws TrialFailedException if it refuses them
   */
  static TrainSettings settings(
      SweepSpec spec, Trial.Ref ref, int workers, PreparedDataset dataset) {
    try {
      TrainOptions options = ParsedOptions.of(arguments(spec, ref, workers)).options();
      options.check();
      return options.settings(dataset, workers);
    } catch (CommandLineException | ParameterException | IllegalArgumentException e) {
      throw new TrialFailedException(e.getMessage(), e);
    }
  }

  private TrainSettings settings(Trial.Ref ref) {
    return settings(spec, ref, workers, dataset);
  }

  @Override
  public Run open(Trial.Ref ref) throws IOException {
    TrainSettings settings = settings(ref);
    refuseMoreThanThereIs(settings);
    RunDirectory run = directory(ref);
    Optional<RunRecord> begun =
        run.isDescribed() ? Optional.of(run.description()) : Optional.empty();
    String id = begun.map(RunRecord::id).orElseGet(() -> UUID.randomUUID().toString());
    TrainJob job;
    ImageWork work;
    try {
      job = new TrainJob(spark, dataset, settings, id);
      work = job.work();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("{} cannot be built", run.root(), e);
      throw new TrialFailedException("its network cannot be built: " + Files.firstLine(e), e);
    }
    RunRecord record = job.record(spec.data(), devices);
    if (begun.isPresent()) {
      begun.get().requireSame(record);
    } else {
      run.describe(record);
    }
    return new TrialRun(run, job, work);
  }

  /** Else the system would end this process, and each that goes on with the sweep. */
  private static void refuseMoreThanThereIs(TrainSettings settings) {
    long needed =
        NetworkCost.of(settings.network())
            .trainingBytes(settings.step().optimizer(), settings.plan().batchSize());
    long there =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    if (needed > there) {
      throw new TrialFailedException(
          String.format(
              Locale.ROOT,
              "out of memory: its network takes %.1f GB while it trains, and the driver's host has %.1f GB",
              needed / 1e9,
              there / 1e9),
          null);
    }
  }

  private RunDirectory directory(Trial.Ref ref) throws IOException {
    try {
      return RunDirectory.resume(files, directory.run(ref));
    } catch (CommandLineException e) {
      // No one gave this place on a command line.
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw e;
    }
  }

  @Override
  public void tidy(Trial.Ref ref) throws IOException {
    directory(ref).checkpoints().delete();
  }

  @Override
  public TestResult test(Trial.Ref ref) throws IOException {
    RunDirectory run = RunDirectory.open(files, "--out", directory.run(ref));
    ModelArchive model = run.model();
    RunRecord record = run.description();
    TrainSettings settings = settings(ref);
    TestEvaluation.Result result =
        new TestEvaluation(spark, dataset, settings.evaluationBatchSize(), Views.NONE, false)
            .run(
                new Evaluation.Run(run.root().toString(), record.id()),
                TrainedOn.engine("--out", run, record, model),
                model.state().parameters());
    result.save(run, model, "");
    Evaluation found = result.evaluation();
    return new TestResult(found.accuracy(), found.loss(), found.count(), found.correct());
  }

  /** One trial, on one thread. */
  private final class TrialRun implements Run {
    private final RunDirectory run;
    private final TrainJob job;
    private final ImageWork work;
    private final List<EpochResult> done;
    private Optional<Position> position;

    TrialRun(RunDirectory run, TrainJob job, ImageWork work) throws IOException {
      this.run = run;
      this.job = job;
      this.work = work;
      boolean finished = run.isFinished();
      position = finished ? Optional.empty() : run.checkpoints().newest(LOG::warn);
      int epochs = finished ? spec.epochs() : position.map(Position::reported).orElse(0);
      done =
          run.keepMetrics(epochs).stream()
              .map(line -> result(Json.read(line, EpochMetrics.class, "metrics.jsonl")))
              .toList();
    }

    @Override
    public List<EpochResult> done() {
      return done;
    }

    @Override
    public EpochResult next() throws IOException {
      TrialEpoch.Outcome outcome = train();
      if (outcome.failure() != null) {
        throw new TrialFailedException(outcome.failure(), null);
      }
      EpochMetrics metrics =
          EpochMetrics.of(
              outcome.summary(), Optional.of(outcome.validation()), outcome.validationSeconds());
      run.addMetrics(metrics);
      position = Optional.of(outcome.reached());
      run.checkpoints().write(outcome.reached());
      EpochResult result = result(metrics);
      return new EpochResult(
          result.epoch(),
          result.trainLoss(),
          result.trainAccuracy(),
          result.loss(),
          result.accuracy(),
          outcome.seconds());
    }

    private TrialEpoch.Outcome train() {
      try {
        return images.epoch(work, job.settings(), position);
      } catch (DivergedException e) {
        throw new TrialFailedException(e.getMessage(), e);
      } catch (OutOfMemoryError e) {
        throw new TrialFailedException("out of memory: " + Files.firstLine(e), e);
      } catch (Exception e) {
        // Not only what is declared: Spark's own exceptions are checked ones that Scala does not
        // say. Where Spark has ended, or the sweep is about to, it is not the trial that failed.
        if (Interruption.begun()
            || spark.sparkContext().isStopped()
            || e instanceof InterruptedException) {
          throw e;
        }
        LOG.warn("{} failed", run.root(), e);
        throw new TrialFailedException("its task failed: " + Files.firstLine(e), e);
      }
    }

    @Override
    public void end(boolean whole) throws IOException {
      if (run.isFinished()) {
        return;
      }
      run.save(job.archive(position.orElseThrow().model()));
      if (whole) {
        run.finish();
      }
    }

    private static EpochResult result(EpochMetrics metrics) {
      return new EpochResult(
          metrics.epoch(),
          metrics.loss(),
          metrics.trainAccuracy(),
          metrics.validationLoss(),
          metrics.validationAccuracy(),
          metrics.seconds() + metrics.validationSeconds());
    }
  }
}
