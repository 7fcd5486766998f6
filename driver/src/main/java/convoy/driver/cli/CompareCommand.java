package convoy.driver.cli;

import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Comparison;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.PairEvaluator;
import convoy.driver.evaluate.PairFindings;
import convoy.driver.report.ComparisonPage;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code compare}: whether a run is better than another on the same images. */
@Command(
    name = "compare",
    description =
        "Compares two runs on the same test images and writes comparison.html and comparison.json.",
    sortOptions = false)
public final class CompareCommand implements Callable<Integer> {
  @Option(
      names = "--baseline",
      required = true,
      paramLabel = "RUN",
      description = "The run to be beaten.")
  private String baseline;

  @Option(
      names = "--candidate",
      required = true,
      paramLabel = "RUN",
      description = "The run that may be better.")
  private String candidate;

  @Option(
      names = "--data",
      paramLabel = "URI",
      description =
          "A prepared image set, mnist or cifar10, whose test images to use (default: the set the baseline was trained on).")
  private String data;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "Images of one batch (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--require",
      paramLabel = "GATE",
      description =
          "What must hold, or the exit status is 3: \"accuracy_drop<=0.002\", \"accuracy_drop_high<=0.01\". Can be given several times.")
  private List<String> required = List.of();

  @Option(
      names = "--out",
      paramLabel = "URI",
      description = "The folder to write to (default: the candidate's directory).")
  private String out;

  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    List<Gate> gates = Gate.all(required, Comparison.FIGURES.keySet());
    device.check();
    Files files = Sessions.files();
    RunDirectory before = RunDirectory.open(files, "--baseline", files.resolve(baseline));
    RunDirectory after = RunDirectory.open(files, "--candidate", files.resolve(candidate));
    RunRecord record = before.description();
    TrainedOn.requireAlike(record, after.description());
    ModelArchive old = before.model();
    ModelArchive young = after.model();
    Engine first = TrainedOn.engine("--baseline", before, record, old);
    Engine second = TrainedOn.engine("--candidate", after, after.description(), young);
    Path place = out == null ? after.root() : files.resolve(out);
    RunLog log = RunLog.temporary(common.verbose());
    Console console = Console.standard();
    DataOption images = new DataOption(data == null ? TrainedOn.data(record) : data);
    Comparison comparison;
    try (SparkSession spark = device.open("compare")) {
      PreparedDataset dataset = images.open(files, spark, console);
      TrainedOn.check(record.dataset(), dataset);
      int slots = Sessions.slots(spark);
      device.described(spark, slots).forEach(line -> console.line("%s", line));
      long start = System.nanoTime();
      PairFindings found =
          new PairEvaluator(
                  Sessions.context(spark),
                  UUID.randomUUID().toString(),
                  dataset.shape(),
                  dataset.classes().size())
              .compare(
                  dataset.testBatches(spark, batchSize, slots),
                  first,
                  old.state().parameters(),
                  second,
                  young.state().parameters());
      comparison =
          Comparison.of(
              found,
              new Evaluation.Run(before.root().toString(), record.id()),
              new Evaluation.Run(after.root().toString(), after.description().id()),
              dataset,
              (System.nanoTime() - start) / 1e9,
              Sessions.provenance(spark));
      files.makeFolder(place);
      files.write(new Path(place, "comparison.json"), Json.pretty(comparison));
      ComparisonPage page =
          ComparisonPage.of(comparison, found, dataset.shape(), record, after.description());
      files.write(new Path(place, "comparison.html"), page.html());
    }
    console.line(
        "accuracy %.4f -> %.4f, difference %+.4f (95 %% interval %+.4f to %+.4f), exact McNemar p = %.2g",
        comparison.baseline().accuracy(),
        comparison.candidate().accuracy(),
        comparison.difference(),
        comparison.differenceInterval().low(),
        comparison.differenceInterval().high(),
        comparison.mcnemar());
    console.line("written to %s/comparison.html", place);
    java.nio.file.Files.delete(log.file());
    return Gate.check(gates, Comparison.FIGURES, comparison, console);
  }
}
