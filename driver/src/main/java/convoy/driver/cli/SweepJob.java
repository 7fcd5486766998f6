package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.report.SweepPage;
import convoy.driver.report.TrialTable;
import convoy.driver.search.Point;
import convoy.driver.store.Files;
import convoy.driver.sweep.Entry;
import convoy.driver.sweep.Summary;
import convoy.driver.sweep.Sweep;
import convoy.driver.sweep.SweepDirectory;
import convoy.driver.sweep.SweepResult;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.Trial;
import convoy.driver.sweep.TrialRunner.TrialFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** One sweep: its search, the repeats of the best, its results. Driver only; not serialisable. */
final class SweepJob {
  /** Points of which at least one must be a trial that `train` takes. */
  private static final int LOOKED_AT = 20;

  private final SparkSession spark;
  private final Files files;
  private final SweepDirectory directory;
  private final SweepSpec spec;
  private final PreparedDataset dataset;
  private final List<String> devices;
  private final int workers;
  private final int lanes;
  private final TrialImages.HeldOut heldOut;

  /**
   * Of a sweep that is new or goes on.
   *
   * @param devices what executors compute on, for a person
   * @param given workers of each trial; null where that was not said
   */
  SweepJob(
      SparkSession spark,
      Files files,
      SweepDirectory directory,
      SweepSpec spec,
      PreparedDataset dataset,
      List<String> devices,
      Integer given)
      throws IOException {
    this.spark = spark;
    this.files = files;
    this.directory = directory;
    this.spec = spec;
    this.dataset = dataset;
    this.devices = devices;
    List<Entry> entries = directory.journal().entries();
    workers = entries.isEmpty() ? Values.or(given, 1) : same(entries.get(0).begun(), given);
    int slots = Sessions.slots(spark);
    if (workers > slots) {
      throw new CommandLineException(
          "--workers-per-trial %d: the cluster has %d task slots. Give fewer, or more executors."
              .formatted(workers, slots));
    }
    lanes = slots / workers;
    TrainOptions shared = ParsedOptions.of(ParsedOptions.arguments(spec.fixed())).options();
    heldOut = new TrialImages.HeldOut(shared.heldOut(dataset), shared.evaluationBatchSize());
    refuseSettingsThatNoTrialCanHave();
  }

  /** What shared settings say against each other, found before anything is trained. */
  private void refuseSettingsThatNoTrialCanHave() {
    TrialFailedException first = null;
    for (int trial = 0; trial < LOOKED_AT; trial++) {
      Optional<Point> point = spec.search().point(trial, List.of());
      try {
        if (point.isEmpty()) {
          break;
        }
        Trial.Ref ref = new Trial.Ref("", trial + 1, point.get(), spec.seed());
        TrialRuns.settings(spec, ref, workers, dataset);
        return;
      } catch (TrialFailedException e) {
        first = first == null ? e : first;
      }
    }
    throw new CommandLineException(
        "--spec: `train` refuses the first points of the search, all for a reason like this one: "
            + first.getMessage(),
        first);
  }

  /** Refuses to go on with other workers or other images. */
  private int same(Entry.Begun begun, Integer given) {
    if (given != null && !given.equals(begun.workers())) {
      throw new CommandLineException(
          "--workers-per-trial %d: the sweep was begun with %d, which --resume goes on with."
              .formatted(given, begun.workers()));
    }
    if (!begun.checksum().equals(dataset.manifest().checksum())) {
      throw new CommandLineException(
          "--resume: the sweep was begun on other images: their SHA-256 is %s, that of %s is %s. Put back the images, or begin another sweep."
              .formatted(begun.checksum(), dataset.root(), dataset.manifest().checksum()));
    }
    return begun.workers();
  }

  /** Writes what the sweep is to do, unless it goes on. */
  void begin(String specification) throws IOException {
    if (directory.isBegun()) {
      return;
    }
    directory.describe(specification);
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    // Seen from another folder, a relative place is another.
    String data = NamedDatasets.isName(spec.data()) ? spec.data() : dataset.root().toString();
    Sweep.begin(
        directory.journal(), new Entry.Begun(workers, data, dataset.manifest().checksum(), now));
  }

  /** Runs what is left of the sweep and writes its results. */
  void run(Console console) {
    Interruption.handledBy(
        () -> console.line("Interrupted. Go on by: sweep --resume --out %s", directory.root()),
        () -> {
          try {
            runAll(console);
            return null;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
          }
        });
  }

  private void runAll(Console console) throws IOException, InterruptedException {
    console.passing("reading images");
    SweepView view = new SweepView(spec, console);
    try (TrialImages images = TrialImages.of(spark, dataset, heldOut, workers)) {
      TrialRuns runs =
          new TrialRuns(spark, files, directory, spec, dataset, workers, images, devices);
      Sweep sweep = new Sweep(spec, directory.journal(), runs, view, lanes);
      view.begin(dataset, workers, lanes, sweep.standings());
      sweep.search();
      view.repeats();
      sweep.repeat();
      sweep.test();
      SweepResult result =
          Summary.of(spec, sweep, lanes, new SpecOptions(), command(sweep.finalists()));
      save(result);
      view.end(result);
    }
  }

  /** That trains the best trial's network again. */
  private String command(List<Trial> finalists) {
    return "train --data %s %s"
        .formatted(
            quoted(spec.data()),
            TrialRuns.arguments(spec, finalists.get(0).ref(), workers).stream()
                .map(argument -> argument.replaceFirst("=", " "))
                .collect(Collectors.joining(" ")));
  }

  private static String quoted(String path) {
    return path.matches("[\\w./:=@%+-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  private void save(SweepResult result) throws IOException {
    TrialTable table = TrialTable.of(result, spec.space());
    directory.saveTable(table.csv());
    directory.saveParquet(uri -> table.writeParquet(spark, uri));
    directory.savePage(SweepPage.of(result, spec.space()).html());
    directory.save(result);
  }
}
