package convoy.driver.store;

import convoy.driver.CommandLineException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.io.IOUtils;

/**
 * Small files on a Hadoop file system, written whole or not at all. Driver only; not serialisable.
 */
public final class Files {
  /** Pattern of {@link #beside}'s names. */
  static final String UNFINISHED = "\\..+\\.[0-9a-f-]{36}\\.tmp";

  private final Configuration hadoop;

  /** With the configuration that names the file systems and the credentials for them. */
  public Files(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** The configuration that names the file systems. */
  public Configuration hadoop() {
    return hadoop;
  }

  /**
   * A path as given by a person, completed with file system and working directory.
   *
   * @throws CommandLineException if it is no path, or of a file system that is not known, or holds
   *     a password, which would stand in run files and logs
   */
  public Path resolve(String uri) throws IOException {
    try {
      Path path = new Path(uri);
      refusePassword(path.toUri());
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (IllegalArgumentException | UnsupportedFileSystemException e) {
      throw new CommandLineException(
          "'%s' is not a path that can be used here: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static void refusePassword(URI uri) {
    // Java takes no user out of an authority whose host has an underscore.
    Matcher user =
        Pattern.compile("(.*?):.*@").matcher(Objects.toString(uri.getRawAuthority(), ""));
    if (user.lookingAt()) {
      throw new CommandLineException(
          "%s://%s:...@: an address with a password is not taken, because addresses stand in run files and logs. Give the password by Spark's settings (--conf spark.hadoop.KEY=...), or by a file that only you can read."
              .formatted(uri.getScheme(), user.group(1)));
    }
  }

  /** Whether there is a file or folder. */
  public boolean exists(Path path) throws IOException {
    return fileSystem(path).exists(path);
  }

  /** Whether there is nothing, or an empty folder. */
  public boolean vacant(Path path) throws IOException {
    FileSystem system = fileSystem(path);
    try {
      return system.getFileStatus(path).isDirectory() && system.listStatus(path).length == 0;
    } catch (FileNotFoundException e) {
      return true;
    }
  }

  /** Makes a folder and those above it, and finds out whether it can be written to. */
  public void makeFolder(Path path) throws IOException {
    if (!fileSystem(path).mkdirs(path)) {
      throw new IOException(path + ": the folder could not be made");
    }
    Path probe = beside(new Path(path, "probe"));
    create(probe).close();
    fileSystem(path).delete(probe, false);
  }

  /** The names in a folder that a pattern fits; none if there is no folder. */
  public List<String> names(Path folder, String pattern) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus status : fileSystem(folder).listStatus(folder)) {
        if (status.getPath().getName().matches(pattern)) {
          names.add(status.getPath().getName());
        }
      }
    } catch (FileNotFoundException e) {
      return names;
    }
    return names;
  }

  /** The whole file as UTF-8 text. */
  public String read(Path file) throws IOException {
    return new String(readBytes(file), StandardCharsets.UTF_8);
  }

  /** The whole file. */
  public byte[] readBytes(Path file) throws IOException {
    try (InputStream in = fileSystem(file).open(file)) {
      return in.readAllBytes();
    }
  }

  /** Writes a file, and the folders above it, in a place that no reader looks at yet. */
  public void writeNew(Path file, byte[] bytes) throws IOException {
    try (OutputStream out = create(file)) {
      out.write(bytes);
    }
  }

  /** Writes UTF-8 text, in place of what may be there. */
  public void write(Path file, String text) throws IOException {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes what is written as it comes, in place of what may be there. */
  public void write(Path file, Writing content) throws IOException {
    if (fileSystem(file).hasPathCapability(file, CommonPathCapabilities.ABORTABLE_STREAM)) {
      put(file, content);
      return;
    }
    Path beside = beside(file);
    try (OutputStream out = create(beside)) {
      content.to(out);
    }
    replace(beside, file);
  }

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Writing {
    /** From its first byte to its last. */
    void to(OutputStream out) throws IOException;
  }

  /** Copies a file of this machine's disk, in place of what may be there. */
  public void upload(java.nio.file.Path from, Path file) throws IOException {
    write(file, out -> java.nio.file.Files.copy(from, out));
  }

  /** Copies a file to this machine's disk. */
  public void download(Path file, java.nio.file.Path to) throws IOException {
    try (InputStream in = fileSystem(file).open(file);
        OutputStream out = java.nio.file.Files.newOutputStream(to)) {
      IOUtils.copyBytes(in, out, 1 << 16);
    }
  }

  /** Renames a finished folder to a place where nothing, or an empty folder, is. */
  public void moveFolder(Path from, Path to) throws IOException {
    FileSystem system = fileSystem(to);
    if (!vacant(to)) {
      throw new IOException(to + ": already holds something else");
    }
    system.delete(to, false);
    system.mkdirs(to.getParent());
    if (!system.rename(from, to)) {
      throw new IOException("%s: could not be renamed to %s".formatted(from, to));
    }
  }

  /** Deletes a folder that this program made, with all in it, if it is there. */
  public void deleteFolder(Path folder) throws IOException {
    fileSystem(folder).delete(folder, true);
  }

  /** What went wrong, in one line: Hadoop's messages carry stack traces of the other side. */
  public static String firstLine(Throwable failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    String line = message.lines().findFirst().orElse("").strip();
    return line.isEmpty() ? failure.getClass().getSimpleName() : line;
  }

  /**
   * A name beside the given one that no other writer uses and that no reader takes for finished.
   */
  public static Path beside(Path path) {
    return new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID() + ".tmp");
  }

  /** Deletes what writers that were killed have left in a folder under {@link #beside}'s names. */
  public void deleteUnfinished(Path folder) throws IOException {
    for (String name : names(folder, UNFINISHED)) {
      fileSystem(folder).delete(new Path(folder, name), true);
    }
  }

  private OutputStream create(Path file) throws IOException {
    return fileSystem(file).create(file, true);
  }

  /**
   * An object store shows a file when it is closed, and until then what was there before. A rename
   * would delete that, then copy.
   */
  private void put(Path file, Writing content) throws IOException {
    try (FSDataOutputStream out = fileSystem(file).create(file, true)) {
      try {
        content.to(out);
      } catch (IOException | RuntimeException | Error e) {
        out.abort();
        throw e;
      }
    }
  }

  /** POSIX and HDFS replace the target in one step; a reader sees the old file or the new one. */
  private void replace(Path from, Path to) throws IOException {
    FileSystem system = fileSystem(to);
    if (system instanceof LocalFileSystem) {
      if (!system.rename(from, to)) {
        throw new IOException("%s: could not be renamed to %s".formatted(from, to));
      }
    } else {
      FileContext.getFileContext(to.toUri(), hadoop).rename(from, to, Rename.OVERWRITE);
    }
  }

  private FileSystem fileSystem(Path path) throws IOException {
    FileSystem system = path.getFileSystem(hadoop);
    // Hidden .crc files would outlive an edit or a copy with other tools and then refuse a file
    // that is whole.
    system.setWriteChecksum(false);
    return system;
  }
}
