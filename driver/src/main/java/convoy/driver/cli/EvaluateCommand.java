package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Views;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: batch evaluation of a finished run. */
@Command(
    name = "evaluate",
    description =
        "Evaluates a run's model on test images in batches and writes report.html and evaluation.json.",
    sortOptions = false)
public final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "RUN",
      description = "The run's directory.")
  private String run;

  @Option(
      names = "--data",
      paramLabel = "URI",
      description =
          "A prepared image set, mnist or cifar10, whose test images to use (default: the set the run was trained on).")
  private String data;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "Images of one batch (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--best",
      description =
          "Evaluate the best epoch's model, which train --early-stopping keeps, and write report-best.html and evaluation-best.json.")
  private boolean best;

  @Option(
      names = "--test-time-augmentation",
      paramLabel = "NAME",
      defaultValue = "none",
      converter = Values.ViewsName.class,
      description =
          "Average over views of each image: none, mirror, shift by one pixel, or mirror-shift (default: ${DEFAULT-VALUE}).")
  private Views views;

  @Option(
      names = "--robustness",
      description =
          "Evaluate on rotated, shifted, lighter, darker, paler, noisy, blurred and partly hidden images too, at five strengths each.")
  private boolean robustness;

  @Option(
      names = "--require",
      paramLabel = "GATE",
      description =
          "What must hold, or the exit status is 3: \"accuracy>=0.99\", \"recall_worst>0.9\". Can be given several times.")
  private List<String> required = List.of();

  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    List<Gate> gates = Gate.all(required, Evaluation.FIGURES.keySet());
    if (robustness && views != Views.NONE) {
      throw new CommandLineException(
          "--robustness: looks at each changed image once. Leave out --test-time-augmentation, or evaluate twice.");
    }
    device.check();
    Files files = Sessions.files();
    RunDirectory directory = RunDirectory.open(files, "--run", files.resolve(run));
    RunRecord record = directory.description();
    ModelArchive model = best ? directory.best() : directory.model();
    Engine engine = TrainedOn.engine("--run", directory, record, model);
    RunLog log = RunLog.temporary(common.verbose());
    Console console = Console.standard();
    DataOption images = new DataOption(data == null ? TrainedOn.data(record) : data);
    TestEvaluation.Result result;
    try (SparkSession spark = device.open("evaluate")) {
      PreparedDataset dataset = images.open(files, spark, console);
      TrainedOn.check(record.dataset(), dataset);
      device.described(spark, Sessions.slots(spark)).forEach(line -> console.line("%s", line));
      result =
          new TestEvaluation(spark, dataset, batchSize, views, robustness)
              .run(
                  new Evaluation.Run(directory.root().toString(), record.id()),
                  engine,
                  model.state().parameters());
      String suffix = suffix(record, dataset);
      result.save(directory, model, suffix);
      result.print(console);
      console.line("written to %s/report%s.html", directory.root(), suffix);
    }
    java.nio.file.Files.delete(log.file());
    return Gate.check(gates, Evaluation.FIGURES, result.evaluation(), console);
  }

  /** What was evaluated beside the run's own model and images keeps names of its own. */
  private String suffix(RunRecord record, PreparedDataset dataset) {
    boolean own = record.dataset().checksum().equals(dataset.manifest().checksum());
    String other = dataset.manifest().name().replaceAll("[^A-Za-z0-9.-]", "_");
    return (best ? "-best" : "") + (own ? "" : "-on-" + other);
  }
}
