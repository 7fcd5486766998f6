package convoy.driver.predict;

import convoy.driver.CommandLineException;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import convoy.driver.store.OutputFolder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What a job writes: {@code prediction.json} first, then the parts in any order, {@code _SUCCESS}
 * last. Driver only; not serialisable.
 */
public final class PredictionDirectory implements AutoCloseable {
  private static final String DESCRIPTION = "prediction.json";
  private static final String PARTS = "predictions";

  /** What sources write down for tasks. */
  private static final String NOTES = "_images\\..*";

  private static final OutputFolder.Kind KIND =
      new OutputFolder.Kind("prediction", DESCRIPTION, NOTES);

  private final Files files;
  private final OutputFolder folder;

  private PredictionDirectory(Files files, OutputFolder folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * A new job's directory.
   *
   * @throws CommandLineException if the place holds something already, or cannot be written to
   */
  public static PredictionDirectory create(Files files, Path root) {
    return new PredictionDirectory(files, OutputFolder.create(files, root, KIND));
  }

  /**
   * The directory of a job that was interrupted; as {@link #create} where it was interrupted before
   * it wrote {@code prediction.json}.
   *
   * @throws CommandLineException if the place holds something else, or cannot be written to
   */
  public static PredictionDirectory resume(Files files, Path root) throws IOException {
    PredictionDirectory job =
        new PredictionDirectory(files, OutputFolder.resume(files, root, KIND));
    files.deleteUnfinished(job.parts());
    return job;
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return folder.root();
  }

  /** Where the parts are. */
  public Path parts() {
    return folder.path(PARTS);
  }

  /** A part's file in that folder. */
  static String partName(int number) {
    return String.format(Locale.ROOT, "part-%05d.parquet", number);
  }

  /** What was begun here, if anything was. */
  public Optional<Prediction> description() throws IOException {
    Path file = folder.path(DESCRIPTION);
    return files.exists(file)
        ? Optional.of(Json.read(files.read(file), Prediction.class, file.toString()))
        : Optional.empty();
  }

  /** Writes {@code prediction.json}, in place of an earlier one. */
  public void describe(Prediction prediction) throws IOException {
    files.write(folder.path(DESCRIPTION), Json.pretty(prediction));
  }

  /** Whether the job is done. */
  public boolean isFinished() throws IOException {
    return folder.isFinished();
  }

  /** Declares it done. */
  public void finish(Prediction prediction) throws IOException {
    describe(prediction);
    folder.finish();
    for (String name : files.names(root(), NOTES)) {
      files.deleteFolder(folder.path(name));
    }
  }

  /** Removes the directory if the job was refused before it began. */
  @Override
  public void close() throws IOException {
    folder.close();
  }
}
