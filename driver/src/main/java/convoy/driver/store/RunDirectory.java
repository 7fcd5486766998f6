package convoy.driver.store;

import convoy.data.InvalidDataException;
import convoy.data.format.Sha256;
import convoy.driver.CommandLineException;
import convoy.model.archive.ModelArchive;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The directory of one run. {@code run.json} is written first and {@code _SUCCESS} last; what lies
 * between them is complete whenever it is there. Driver only; not serialisable.
 */
public final class RunDirectory implements AutoCloseable {
  private static final String RUN = "run.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String MODEL = "model.zip";
  private static final String BEST = "best.zip";
  private static final String CHECKPOINTS = "checkpoints";
  private static final OutputFolder.Kind KIND = new OutputFolder.Kind("run", RUN);

  private final Files files;
  private final OutputFolder folder;
  private final Path root;
  private final List<String> metrics = new ArrayList<>();

  private RunDirectory(Files files, OutputFolder folder) {
    this.files = files;
    this.folder = folder;
    root = folder.root();
  }

  /**
   * A new run's directory.
   *
   * @throws CommandLineException if the place holds something already, or cannot be written to
   */
  public static RunDirectory create(Files files, Path root) {
    return new RunDirectory(files, OutputFolder.create(files, root, KIND));
  }

  /**
   * The directory of a run that was interrupted; as {@link #create} where it was interrupted before
   * it wrote {@code run.json}.
   *
   * @throws CommandLineException if the place holds something else, or cannot be written to
   */
  public static RunDirectory resume(Files files, Path root) throws IOException {
    RunDirectory run = new RunDirectory(files, OutputFolder.resume(files, root, KIND));
    files.deleteUnfinished(new Path(root, CHECKPOINTS));
    return run;
  }

  /** Whether {@code run.json} is there. */
  public boolean isDescribed() throws IOException {
    return folder.isBegun();
  }

  /** Whether the run is finished. */
  public boolean isFinished() throws IOException {
    return folder.isFinished();
  }

  /** From which the run can go on. */
  public Checkpoints checkpoints() {
    return new Checkpoints(files, new Path(root, CHECKPOINTS));
  }

  /**
   * The directory of a run that has a model.
   *
   * @param option that names it
   * @throws CommandLineException if there is no run or it did not finish
   */
  public static RunDirectory open(Files files, String option, Path root) throws IOException {
    if (!files.exists(new Path(root, RUN))) {
      throw new CommandLineException(
          "%s %s: holds no run (no %s in it). Name a directory that `train` wrote."
              .formatted(option, root, RUN));
    }
    if (!files.exists(new Path(root, MODEL))) {
      throw new CommandLineException(
          "%s %s: the run has not finished (no %s in it).".formatted(option, root, MODEL));
    }
    return new RunDirectory(files, OutputFolder.open(files, root, KIND));
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return root;
  }

  /** The folder as a whole. */
  public OutputFolder folder() {
    return folder;
  }

  /** Removes a new run's directory if the run was refused before it began. */
  @Override
  public void close() throws IOException {
    folder.close();
  }

  /** Writes {@code run.json}. */
  public void describe(RunRecord run) throws IOException {
    files.write(new Path(root, RUN), Json.pretty(run));
  }

  /** Reads {@code run.json}. */
  public RunRecord description() throws IOException {
    Path file = new Path(root, RUN);
    return Json.read(files.read(file), RunRecord.class, file.toString());
  }

  /**
   * Adds a line to {@code metrics.jsonl}, which is replaced as a whole: not every file system can
   * append.
   */
  public void addMetrics(Object line) throws IOException {
    metrics.add(Json.line(line));
    files.write(new Path(root, METRICS), String.join("\n", metrics) + "\n");
  }

  /**
   * Takes over the first lines of {@code metrics.jsonl} and returns them; the others will be
   * written again.
   */
  public List<String> keepMetrics(int lines) throws IOException {
    Path file = new Path(root, METRICS);
    metrics.clear();
    if (lines > 0) {
      List<String> all = files.read(file).lines().toList();
      if (all.size() < lines) {
        throw new InvalidDataException(
            "%s: has %d lines, but the checkpoint comes after %d epochs"
                .formatted(file, all.size(), lines));
      }
      metrics.addAll(all.subList(0, lines));
    }
    return List.copyOf(metrics);
  }

  /** Writes {@code model.zip}. */
  public void save(ModelArchive model) throws IOException {
    save(model, MODEL);
  }

  /** Writes {@code best.zip}, in place of an earlier one. */
  public void saveBest(ModelArchive model) throws IOException {
    save(model, BEST);
  }

  private void save(ModelArchive model, String name) throws IOException {
    java.nio.file.Path local = java.nio.file.Files.createTempFile("convoy-model", ".zip");
    try {
      model.write(local);
      files.upload(local, new Path(root, name));
    } finally {
      java.nio.file.Files.delete(local);
    }
  }

  /** SHA-256 of {@code model.zip}, lower-case hexadecimal. */
  public String modelChecksum() throws IOException {
    return checksum(MODEL);
  }

  /** Likewise of {@code best.zip}. */
  public String bestChecksum() throws IOException {
    return checksum(BEST);
  }

  private String checksum(String name) throws IOException {
    MessageDigest digest = Sha256.digest();
    digest.update(files.readBytes(new Path(root, name)));
    return Sha256.hexadecimal(digest);
  }

  /** Reads {@code model.zip}. */
  public ModelArchive model() throws IOException {
    return model(MODEL);
  }

  /**
   * Reads {@code best.zip}.
   *
   * @throws CommandLineException if the run kept none
   */
  public ModelArchive best() throws IOException {
    if (!files.exists(new Path(root, BEST))) {
      throw new CommandLineException(
          "--best: the run in %s kept no best epoch; `train --early-stopping` does."
              .formatted(root));
    }
    return model(BEST);
  }

  private ModelArchive model(String name) throws IOException {
    java.nio.file.Path local = java.nio.file.Files.createTempFile("convoy-model", ".zip");
    try {
      files.download(new Path(root, name), local);
      return ModelArchive.read(local);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(new Path(root, name) + ": " + e.getMessage(), e);
    } finally {
      java.nio.file.Files.delete(local);
    }
  }

  /**
   * Writes {@code evaluation.json}, in place of an earlier one.
   *
   * @param suffix to its name, for what is not the run's own evaluation: {@code -best}
   */
  public void saveEvaluation(Object evaluation, String suffix) throws IOException {
    files.write(new Path(root, "evaluation%s.json".formatted(suffix)), Json.pretty(evaluation));
  }

  /** Writes {@code report.html}, likewise. */
  public void saveReport(String page, String suffix) throws IOException {
    files.write(new Path(root, "report%s.html".formatted(suffix)), page);
  }

  /** The lines of {@code metrics.jsonl}, an epoch each. */
  public List<String> metrics() throws IOException {
    Path file = new Path(root, METRICS);
    return files.exists(file) ? files.read(file).lines().toList() : List.of();
  }

  /** Declares the run finished. */
  public void finish() throws IOException {
    folder.finish();
  }
}
