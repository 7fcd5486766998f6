package convoy.driver.predict;

import convoy.driver.CommandLineException;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
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
  private static final String SUCCESS = "_SUCCESS";

  /** What sources write down for tasks. */
  private static final String NOTES = "_images\\..*";

  private final Files files;
  private final Path root;

  private PredictionDirectory(Files files, Path root) {
    this.files = files;
    this.root = root;
  }

  /**
   * A new job's directory.
   *
   * @throws CommandLineException if the place holds something already, or cannot be written to
   */
  public static PredictionDirectory create(Files files, Path root) {
    try {
      if (files.exists(new Path(root, DESCRIPTION))) {
        throw new CommandLineException(
            files.exists(new Path(root, SUCCESS))
                ? "--out %s: holds a finished prediction. Choose another directory, or remove it."
                    .formatted(root)
                : "--out %s: holds an unfinished prediction. Go on with it by --resume, or choose another directory."
                    .formatted(root));
      }
      if (!files.vacant(root)) {
        throw new CommandLineException(
            "--out %s: is not empty. Choose a directory that is empty or not there yet."
                .formatted(root));
      }
      files.makeFolder(root);
      return new PredictionDirectory(files, root);
    } catch (IOException e) {
      throw unwritable(root, e);
    }
  }

  /**
   * The directory of a job that was interrupted; as {@link #create} where it was interrupted before
   * it wrote {@code prediction.json}.
   *
   * @throws CommandLineException if the place holds something else, or cannot be written to
   */
  public static PredictionDirectory resume(Files files, Path root) {
    try {
      boolean begun = files.exists(new Path(root, DESCRIPTION));
      if (!begun && !files.names(root, "(?!\\.|" + NOTES + ").*").isEmpty()) {
        throw new CommandLineException(
            "--out %s: holds no prediction to resume (no %s in it), but something else."
                .formatted(root, DESCRIPTION));
      }
      files.makeFolder(root);
      files.deleteUnfinished(root);
      files.deleteUnfinished(new Path(root, PARTS));
      return new PredictionDirectory(files, root);
    } catch (IOException e) {
      throw unwritable(root, e);
    }
  }

  private static CommandLineException unwritable(Path root, IOException cause) {
    return new CommandLineException(
        "--out %s: cannot be written to: %s".formatted(root, Files.firstLine(cause)), cause);
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return root;
  }

  /** Where the parts are. */
  public Path parts() {
    return new Path(root, PARTS);
  }

  /** A part's file in that folder. */
  static String partName(int number) {
    return String.format(Locale.ROOT, "part-%05d.parquet", number);
  }

  /** What was begun here, if anything was. */
  public Optional<Prediction> description() throws IOException {
    Path file = new Path(root, DESCRIPTION);
    return files.exists(file)
        ? Optional.of(Json.read(files.read(file), Prediction.class, file.toString()))
        : Optional.empty();
  }

  /** Writes {@code prediction.json}, in place of an earlier one. */
  public void describe(Prediction prediction) throws IOException {
    files.write(new Path(root, DESCRIPTION), Json.pretty(prediction));
  }

  /** Whether the job is done. */
  public boolean isFinished() throws IOException {
    return files.exists(new Path(root, SUCCESS));
  }

  /** Declares it done. */
  public void finish(Prediction prediction) throws IOException {
    describe(prediction);
    files.write(new Path(root, SUCCESS), "");
    for (String name : files.names(root, NOTES)) {
      files.deleteFolder(new Path(root, name));
    }
  }

  /** Removes the directory if the job was refused before it began. */
  @Override
  public void close() throws IOException {
    if (!files.exists(new Path(root, DESCRIPTION))) {
      files.deleteFolder(root);
    }
  }
}
