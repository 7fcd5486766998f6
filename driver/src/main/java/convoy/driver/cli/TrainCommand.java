package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.driver.train.DivergedException;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      paramLabel = "URI",
      description = "A prepared image set; mnist and cifar10 are fetched when first named.")
  private String data;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run's directory (default: runs/MODEL-TIME).")
  private String out;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      converter = Values.RecipeName.class,
      description = "A set of options that others override: mnist-99.6.")
  private NamedRecipe recipe;

  @Option(
      names = "--resume",
      description =
          "Go on with the run in --out, whose settings hold; begin it where nothing is there yet.")
  private boolean resume;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      defaultValue = "1m",
      converter = CheckpointEvery.Converter.class,
      description =
          "Write a checkpoint after so many rounds, or so long: 20, 30s, 5m, 2h (default: ${DEFAULT-VALUE}).")
  private CheckpointEvery checkpointEvery;

  @Mixin private TrainOptions options;
  @Mixin private DeviceOption device;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /** Those that were given, a recipe's included. */
  private List<OptionSpec> named;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Console console = Console.standard();
    device.check();
    Files files = Sessions.files();
    named = spec.commandLine().getParseResult().matchedOptions();
    if (recipe != null) {
      ParsedOptions whole = recipe.with(named);
      options = whole.options();
      named = whole.given();
    }
    if (resume && out == null) {
      throw new CommandLineException("--resume: name the run to go on with by --out.");
    }
    if (!resume) {
      requireDataAndModel();
    }
    Path place = files.resolve(outOrDefault());
    try (RunDirectory run =
        resume ? RunDirectory.resume(files, place) : RunDirectory.create(files, place)) {
      if (run.isFinished()) {
        console.line("The run in %s is finished.", run.root());
        return 0;
      }
      Optional<RunRecord> begun =
          run.isDescribed() ? Optional.of(run.description()) : Optional.empty();
      if (begun.isEmpty()) {
        requireDataAndModel();
      }
      DataOption images = new DataOption(data(begun));
      TrainOptions settings = options(begun);
      settings.check();
      // Whatever the cluster: what is refused is refused before Spark starts.
      images.find(files).ifPresent(set -> settings.settings(set, 1));
      RunLog log = RunLog.of(run.folder(), common.verbose());
      try (log;
          SparkSession spark = device.open("train")) {
        PreparedDataset dataset = images.open(files, spark, console);
        train(run, begun, spark, dataset, settings, console);
      } catch (Exception e) {
        LOG.info("the run failed", e);
        throw e;
      }
      run.finish();
      console.line("%.1f seconds; run in %s", (System.nanoTime() - start) / 1e9, run.root());
    }
    return 0;
  }

  private void train(
      RunDirectory run,
      Optional<RunRecord> begun,
      SparkSession spark,
      PreparedDataset dataset,
      TrainOptions given,
      Console console)
      throws IOException {
    int slots = Sessions.slots(spark);
    TrainSettings settings = given.settings(dataset, slots);
    TrainJob job =
        new TrainJob(
            spark,
            dataset,
            settings,
            begun.map(RunRecord::id).orElseGet(() -> UUID.randomUUID().toString()));
    List<String> devices = device.described(spark, slots);
    RunRecord record = job.record(data(begun), devices);
    if (begun.isPresent()) {
      begun.get().requireSame(record);
    } else {
      run.describe(record);
    }
    console.line("%s", Sessions.described(spark));
    devices.forEach(line -> console.line("%s", line));
    console.settings(TrainOptions.shown(settings, dataset, slots));
    try {
      TrainingState state = job.train(run, begun.isPresent(), checkpointEvery, console);
      ModelArchive model = job.archive(state);
      run.save(model);
      TestEvaluation.Result result = job.evaluate(state, run);
      result.save(run, model, "");
      result.print(console);
    } catch (DivergedException e) {
      // Its own settings would only lead it there again.
      throw e;
    } catch (Exception e) {
      // Not only what is declared: Spark's own exceptions are checked ones that Scala does not say.
      throw new UnfinishedRunException(run.root(), e);
    }
  }

  /** What a run cannot begin without. */
  private void requireDataAndModel() {
    List<String> missing = new ArrayList<>();
    if (data == null) {
      missing.add("'--data=URI'");
    }
    if (options.model() == null) {
      missing.add("'--model=NAME'");
    }
    if (!missing.isEmpty()) {
      throw new CommandLineException("Missing: " + String.join(", ", missing));
    }
  }

  /** The run's own where one goes on, or else what the command line says. */
  private TrainOptions options(Optional<RunRecord> begun) {
    return begun.map(run -> StoredOptions.of(run, named)).orElse(options);
  }

  /** Likewise; a run that goes on may find its images in another place. */
  private String data(Optional<RunRecord> begun) {
    if (data != null) {
      return data;
    }
    RunRecord own = begun.orElseThrow();
    String name = own.settings().get("data").toString();
    // What was no name may have been relative to another folder.
    return NamedDatasets.isName(name) ? name : own.dataset().uri();
  }

  private String outOrDefault() {
    String time = LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    return out == null ? "runs/%s-%s".formatted(options.model(), time) : out;
  }
}
