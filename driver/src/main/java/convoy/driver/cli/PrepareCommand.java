package convoy.driver.cli;

import convoy.data.RawDataset;
import convoy.data.source.DatasetSource;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code prepare}: raw files in, a prepared image set out. */
@Command(
    name = "prepare",
    description = "Fetches or reads raw image files, checks them, and writes a prepared image set.",
    sortOptions = false)
public final class PrepareCommand implements Callable<Integer> {
  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description =
          "mnist and cifar10 are fetched where --from is not given; idx (MNIST's file format) and cifar (CIFAR-10's binary format) are read from --from.")
  private DatasetSource dataset;

  @Option(
      names = "--from",
      paramLabel = "DIR",
      description = "Folder with the raw files, or CIFAR-10's archive.")
  private String from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "Where to write: a path of any Hadoop file system that holds nothing yet.")
  private String out;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    Files files = Sessions.files();
    Path target = target(files);
    RunLog log = RunLog.temporary(common.verbose());
    Console console = Console.standard();
    RawDataset raw = load(files, console);
    console.passing("writing " + target);
    try (SparkSession spark = Sessions.open("prepare")) {
      PreparedDataset prepared = new DatasetWriter(spark, files).write(raw, target);
      console.line("%s", DataOption.summary(prepared));
      console.line("written to %s", prepared.root());
    }
    java.nio.file.Files.delete(log.file());
    return 0;
  }

  private Path target(Files files) throws IOException {
    Path target = files.resolve(out);
    if (!files.vacant(target)) {
      throw new CommandLineException(
          "--out %s: already holds something. Choose another place, or remove it."
              .formatted(target));
    }
    try {
      files.makeFolder(target.getParent());
    } catch (IOException e) {
      throw new CommandLineException(
          "--out %s: cannot be written to: %s".formatted(target, Files.firstLine(e)), e);
    }
    return target;
  }

  private RawDataset load(Files files, Console console) throws IOException {
    try {
      return dataset.load(
          from == null ? Optional.empty() : Optional.of(files.resolve(from)),
          files.hadoop(),
          NamedDatasets.of(System.getenv()).downloads(),
          console);
    } catch (IllegalArgumentException e) {
      throw new CommandLineException(e.getMessage(), e);
    }
  }
}
