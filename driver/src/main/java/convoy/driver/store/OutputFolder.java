package convoy.driver.store;

import convoy.driver.CommandLineException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * A folder that a command fills: its description is there first and {@code _SUCCESS} last, and what
 * lies between them is complete whenever it is there. Driver only; not serialisable.
 */
public final class OutputFolder implements AutoCloseable {
  private static final String SUCCESS = "_SUCCESS";
  private static final String LOG = "driver.log";

  private final Files files;
  private final Path root;
  private final Kind kind;

  private OutputFolder(Files files, Path root, Kind kind) {
    this.files = files;
    this.root = root;
    this.kind = kind;
  }

  /**
   * What is written.
   *
   * @param name for a person, for example {@code run}
   * @param description file that is there first
   * @param before pattern of files that may be there before it, beside the log
   */
  public record Kind(String name, String description, String before) {
    /** Of which nothing is there before its description. */
    public Kind(String name, String description) {
      this(name, description, LOG);
    }
  }

  /**
   * A new one.
   *
   * @throws CommandLineException if the place holds something already, or cannot be written to
   */
  public static OutputFolder create(Files files, Path root, Kind kind) {
    try {
      if (files.exists(new Path(root, SUCCESS))) {
        throw new CommandLineException(
            "--out %s: holds a finished %s. Choose another directory, or remove it."
                .formatted(root, kind.name));
      }
      if (files.exists(new Path(root, kind.description))) {
        throw new CommandLineException(
            "--out %s: holds an unfinished %s. Go on with it by --resume, or choose another directory."
                .formatted(root, kind.name));
      }
      if (!files.vacant(root)) {
        throw new CommandLineException(
            "--out %s: is not empty. Choose a directory that is empty or not there yet."
                .formatted(root));
      }
      files.makeFolder(root);
      return new OutputFolder(files, root, kind);
    } catch (IOException e) {
      throw unwritable(root, e);
    }
  }

  /**
   * One that was interrupted; as {@link #create} where it was interrupted before its description
   * was there.
   *
   * @throws CommandLineException if the place holds something else, or cannot be written to
   */
  public static OutputFolder resume(Files files, Path root, Kind kind) {
    try {
      boolean begun = files.exists(new Path(root, kind.description));
      String others = "(?!" + Files.UNFINISHED + "$|" + LOG + "$|" + kind.before + "$).*";
      if (!begun && !files.names(root, others).isEmpty()) {
        throw new CommandLineException(
            "--out %s: holds no %s to resume (no %s in it), but something else."
                .formatted(root, kind.name, kind.description));
      }
      files.makeFolder(root);
      files.deleteUnfinished(root);
      return new OutputFolder(files, root, kind);
    } catch (IOException e) {
      throw unwritable(root, e);
    }
  }

  private static CommandLineException unwritable(Path root, IOException cause) {
    return new CommandLineException(
        "--out %s: cannot be written to: %s".formatted(root, Files.firstLine(cause)), cause);
  }

  /** One that is there, to be read. */
  static OutputFolder open(Files files, Path root, Kind kind) {
    return new OutputFolder(files, root, kind);
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return root;
  }

  /** A file or folder in it. */
  public Path path(String name) {
    return new Path(root, name);
  }

  /** Whether the description is there. */
  public boolean isBegun() throws IOException {
    return files.exists(path(kind.description));
  }

  /** Whether all is there. */
  public boolean isFinished() throws IOException {
    return files.exists(path(SUCCESS));
  }

  /** Declares that all is there. */
  public void finish() throws IOException {
    files.write(path(SUCCESS), "");
  }

  /**
   * Where the driver's log goes if the folder is on this machine's disk; elsewhere it is uploaded
   * at the end.
   */
  public Optional<java.nio.file.Path> localLog() {
    return root.toUri().getScheme().equals("file")
        ? Optional.of(java.nio.file.Path.of(root.toUri()).resolve(LOG))
        : Optional.empty();
  }

  /** Copies the driver's log here. */
  public void uploadLog(java.nio.file.Path log) throws IOException {
    files.upload(log, path(LOG));
  }

  /** Removes a new folder if what was to fill it was refused before it began. */
  @Override
  public void close() throws IOException {
    if (!isBegun()) {
      files.deleteFolder(root);
    }
  }
}
