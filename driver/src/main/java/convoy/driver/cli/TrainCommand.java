package convoy.driver.cli;

import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
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
    Files files = Sessions.files();
    DataOption images = new DataOption(data);
    images.find(files).ifPresent(options::network);
    try (RunDirectory run = RunDirectory.create(files, files.resolve(outOrDefault()))) {
      RunLog log = log(run);
      Console console = Console.standard();
      try (SparkSession spark = Sessions.open("train")) {
        PreparedDataset dataset = images.open(files, spark, console);
        TrainJob job =
            new TrainJob(spark, dataset, options.settings(dataset, Sessions.slots(spark)));
        run.describe(job.record(data));
        console.settings(options.shown(job.settings(), dataset, Sessions.slots(spark)));
        TrainingState state = job.train(run, console);
        run.save(new ModelArchive(job.settings().configuration(), state, dataset.classes()));
        Evaluation evaluation = job.evaluate(state);
        run.saveEvaluation(evaluation);
        run.finish();
        TestEvaluation.print(console, evaluation);
        console.line("%.1f seconds; run in %s", (System.nanoTime() - start) / 1e9, run.root());
      } finally {
        run.uploadLog(log.file());
      }
    }
    return 0;
  }

  private String outOrDefault() {
    String time = LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    return out == null ? "runs/%s-%s".formatted(options.model(), time) : out;
  }

  private RunLog log(RunDirectory run) throws IOException {
    Optional<Path> local = run.localLog();
    return local.isPresent()
        ? RunLog.to(local.get(), common.verbose())
        : RunLog.temporary(common.verbose());
  }
}
