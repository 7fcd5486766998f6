package convoy.driver.cli;

import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train}: the main job. */
@Command(
    name = "train",
    description =
        "Trains a network on a prepared image set by parameter averaging, evaluates and saves it.",
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "A prepared image set; mnist and cifar10 are fetched when first named.")
  private String data;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run's directory (default: runs/MODEL-TIME).")
  private String out;

  @Mixin private TrainOptions options;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Console console = Console.standard();
    Files files = Sessions.files();
    DataOption images = new DataOption(data);
    options.check();
    images.find(files).ifPresent(options::network);
    try (RunDirectory run = RunDirectory.create(files, files.resolve(outOrDefault()))) {
      RunLog log = RunLog.of(run, common.verbose());
      try (log;
          SparkSession spark = Sessions.open("train")) {
        PreparedDataset dataset = images.open(files, spark, console);
        train(run, spark, dataset, console);
      } catch (RuntimeException | IOException e) {
        LOG.info("the run failed", e);
        throw e;
      }
      run.finish();
      console.line("%.1f seconds; run in %s", (System.nanoTime() - start) / 1e9, run.root());
    }
    return 0;
  }

  private void train(RunDirectory run, SparkSession spark, PreparedDataset dataset, Console console)
      throws IOException {
    int slots = Sessions.slots(spark);
    TrainSettings settings = options.settings(dataset, slots);
    TrainJob job = new TrainJob(spark, dataset, settings);
    run.describe(job.record(data));
    console.line("%s", Sessions.described(spark));
    console.settings(options.shown(settings, dataset, slots));
    TrainingState state = job.train(run, console);
    run.save(new ModelArchive(settings.configuration(), state, dataset.classes()));
    Evaluation evaluation = job.evaluate(state);
    run.saveEvaluation(evaluation);
    TestEvaluation.print(console, evaluation);
  }

  private String outOrDefault() {
    String time = LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    return out == null ? "runs/%s-%s".formatted(options.model(), time) : out;
  }
}
