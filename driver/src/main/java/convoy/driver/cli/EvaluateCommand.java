package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Views;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: batch evaluation of a finished run. */
@Command(
    name = "evaluate",
    description = "Evaluates a run's model on test images in batches and writes evaluation.json.",
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
          "Evaluate the best epoch's model, which train --early-stopping keeps, and write evaluation-best.json.")
  private boolean best;

  @Option(
      names = "--test-time-augmentation",
      paramLabel = "NAME",
      defaultValue = "none",
      converter = Values.ViewsName.class,
      description =
          "Average over views of each image: none, mirror, shift by one pixel, or mirror-shift (default: ${DEFAULT-VALUE}).")
  private Views views;

  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    device.check();
    Files files = Sessions.files();
    RunDirectory directory = RunDirectory.open(files, files.resolve(run));
    RunRecord record = directory.description();
    ModelArchive model = best ? directory.best() : directory.model();
    RunLog log = RunLog.temporary(common.verbose());
    Console console = Console.standard();
    DataOption images = new DataOption(data == null ? trainedOn(record) : data);
    try (SparkSession spark = device.open("evaluate")) {
      PreparedDataset dataset = images.open(files, spark, console);
      check(record.dataset(), dataset);
      device.described(spark, Sessions.slots(spark)).forEach(line -> console.line("%s", line));
      Evaluation evaluation =
          new TestEvaluation(spark, dataset, batchSize, views)
              .run(record.id(), Engine.dl4j(model.configuration()), model.state().parameters());
      if (best) {
        directory.saveBestEvaluation(evaluation);
      } else {
        directory.saveEvaluation(evaluation);
      }
      TestEvaluation.print(console, evaluation);
      console.line("written to %s", directory.root());
    }
    java.nio.file.Files.delete(log.file());
    return 0;
  }

  /** By name where it has one, so that it is found, or made, on another machine too. */
  private static String trainedOn(RunRecord record) {
    return record.settings().get("data") instanceof String name && NamedDatasets.isName(name)
        ? name
        : record.dataset().uri();
  }

  private void check(RunRecord.Dataset trained, PreparedDataset dataset) {
    String shape = "%dx%dx%d".formatted(trained.height(), trained.width(), trained.channels());
    if (!shape.equals(dataset.shape().toString())) {
      throw new CommandLineException(
          "--data %s: images are %s, but the run was trained on %s. Name a set of that shape."
              .formatted(dataset.root(), dataset.shape(), shape));
    }
    if (!trained.classes().equals(dataset.classes())) {
      throw new CommandLineException(
          "--data %s: classes are %s, but the run was trained on %s. Name a set with those classes."
              .formatted(dataset.root(), dataset.classes(), trained.classes()));
    }
  }
}
