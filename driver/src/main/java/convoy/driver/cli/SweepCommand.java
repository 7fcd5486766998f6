package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.driver.sweep.Entry;
import convoy.driver.sweep.SpecReader;
import convoy.driver.sweep.SweepDirectory;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.TooManyFailuresException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sweep}: hyperparameter search over the cluster. */
@Command(
    name = "sweep",
    description =
        "Searches settings of train: many trials at a time, bad ones stopped early, the best repeated.",
    sortOptions = false)
public final class SweepCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SweepCommand.class);

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "What to search, in YAML; docs/sweeps.md has its form.")
  private String spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "URI",
      description = "The sweep's directory; each trial is a run in it.")
  private String out;

  @Option(
      names = "--workers-per-trial",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description =
          "Task slots over which each trial trains, by parameter averaging where more than one (default: 1).")
  private Integer workers;

  @Option(
      names = "--resume",
      description =
          "Go on with the sweep in --out by its own specification; begin it where nothing is there yet.")
  private boolean resume;

  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Console console = Console.standard();
    device.check();
    Files files = Sessions.files();
    Optional<Text> given = given(files);
    given.ifPresent(Text::read);
    Path place = files.resolve(out);
    try (SweepDirectory directory =
        resume ? SweepDirectory.resume(files, place) : SweepDirectory.create(files, place)) {
      if (directory.folder().isFinished()) {
        console.line("The sweep in %s is finished.", place);
        return 0;
      }
      Text text = text(given, directory);
      try (RunLog log = RunLog.of(directory.folder(), common.verbose())) {
        sweep(files, directory, text, console);
        LOG.info("the sweep is done; the log is {}", log.file());
      }
      directory.folder().finish();
      console.line("%.1f seconds; sweep in %s", (System.nanoTime() - start) / 1e9, place);
    }
    return 0;
  }

  private void sweep(Files files, SweepDirectory directory, Text text, Console console)
      throws IOException {
    SweepSpec read = text.read();
    List<Entry> entries = directory.journal().entries();
    DataOption images =
        new DataOption(entries.isEmpty() ? read.data() : entries.get(0).begun().data());
    images.find(files);
    try (SparkSession spark = device.open("sweep")) {
      int slots = Sessions.slots(spark);
      PreparedDataset dataset = images.open(files, spark, console);
      List<String> devices = device.described(spark, slots);
      SweepJob job = new SweepJob(spark, files, directory, read, dataset, devices, workers);
      console.line("%s", Sessions.described(spark));
      devices.forEach(line -> console.line("%s", line));
      job.begin(text.content);
      job.run(console);
    } catch (CommandLineException | TooManyFailuresException e) {
      LOG.info("the sweep was given up", e);
      throw e;
    } catch (Exception e) {
      // Not only what is declared: Spark's own exceptions are checked ones that Scala does not say.
      LOG.info("the sweep failed", e);
      // It may not have got as far as to write down its specification.
      String searched = spec == null ? "" : " --spec " + spec;
      throw new UnfinishedRunException(
          "The sweep can go on: sweep --resume --out " + directory.root() + searched, e);
    }
  }

  /** The specification named on the command line, if one is. */
  private Optional<Text> given(Files files) throws IOException {
    if (spec == null) {
      if (!resume) {
        throw new CommandLineException("Missing: '--spec=FILE'");
      }
      return Optional.empty();
    }
    Path file = files.resolve(spec);
    if (!files.exists(file)) {
      throw new CommandLineException("--spec %s: there is no such file.".formatted(file));
    }
    return Optional.of(new Text(file.getName(), files.read(file)));
  }

  /** The sweep's own where one goes on. */
  private static Text text(Optional<Text> given, SweepDirectory directory) throws IOException {
    if (!directory.isBegun()) {
      return given.orElseThrow(
          () ->
              new CommandLineException(
                  "--out %s: no sweep was begun there; name what to search by --spec."
                      .formatted(directory.root())));
    }
    Text own = new Text("sweep.yaml", directory.specification());
    if (given.isPresent() && !given.get().content.equals(own.content)) {
      throw new CommandLineException(
          "--spec: is not what the sweep in %s was begun with, which --resume goes on with. Leave the option out, or begin another sweep."
              .formatted(directory.root()));
    }
    return own;
  }

  /** A specification's file. */
  private record Text(String name, String content) {
    SweepSpec read() {
      return new SpecReader(new SpecOptions()).read(name, content);
    }
  }
}
