package convoy.driver.cli;

import convoy.data.ImageShape;
import convoy.driver.predict.ImageSource;
import convoy.driver.predict.ImageSource.Inventory;
import convoy.driver.predict.Prediction;
import convoy.driver.predict.PredictionDirectory;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code predict}: labels for images that have none. */
@Command(
    name = "predict",
    description =
        "Labels images by a finished run's model, and writes label and probabilities of each as Parquet.",
    sortOptions = false)
public final class PredictCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "RUN",
      description = "The run's directory.")
  private String run;

  @Option(
      names = "--images",
      required = true,
      paramLabel = "PATH",
      description =
          "A prepared image set, a folder of PNG and JPEG files (those in folders below it too), one such file, or an IDX file of images, plain or gzip-compressed.")
  private String images;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "Where to write: a path of any Hadoop file system that holds nothing yet.")
  private String out;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "Images scored at a time (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--best",
      description = "Label by the best epoch's model, which train --early-stopping keeps.")
  private boolean best;

  @Option(
      names = "--resume",
      description =
          "Go on with an interrupted job in --out, or begin it if there is none: parts that are there stay.")
  private boolean resume;

  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    device.check();
    Files files = Sessions.files();
    Path target = files.resolve(out);
    PredictJob job = job(files, target);
    RunLog log = RunLog.temporary(common.verbose());
    Console console = Console.standard();
    try (PredictionDirectory output =
        resume
            ? PredictionDirectory.resume(files, target)
            : PredictionDirectory.create(files, target)) {
      Optional<Prediction> begun = job.begun(output);
      if (output.isFinished()) {
        console.line("The prediction in %s is finished.", output.root());
      } else {
        console.passing("listing " + job.place());
        Inventory inventory = job.inventory(begun, output);
        try (SparkSession spark = device.open("predict")) {
          device.described(spark, Sessions.slots(spark)).forEach(line -> console.line("%s", line));
          job.run(spark, begun, inventory, output, console);
        }
      }
    }
    java.nio.file.Files.delete(log.file());
    return 0;
  }

  /** What the options ask for; refuses what does not go together. */
  private PredictJob job(Files files, Path target) throws IOException {
    RunDirectory directory = RunDirectory.open(files, "--run", files.resolve(run));
    RunRecord record = directory.description();
    ModelArchive model = best ? directory.best() : directory.model();
    String checksum = best ? directory.bestChecksum() : directory.modelChecksum();
    Engine engine = TrainedOn.engine("--run", directory, record, model);
    RunRecord.Dataset trained = record.dataset();
    ImageShape shape = new ImageShape(trained.channels(), trained.height(), trained.width());
    Path place = files.resolve(images);
    ImageSource source = ImageSource.at(files, place);
    source.check(shape);
    String again =
        "predict --resume --run %s --images %s --batch-size %d%s --out %s"
            .formatted(directory.root(), place, batchSize, best ? " --best" : "", target);
    return new PredictJob(
        files,
        new Prediction.Network(directory.root().toString(), record.id(), checksum),
        model,
        engine,
        shape,
        place,
        source,
        batchSize,
        again);
  }
}
