package convoy.data.format;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What a user named as the place of raw files: a folder, listed once, or a single file. */
public final class RawFolder {
  private final Path path;
  private final FileSystem files;
  private final boolean isFile;
  private final Map<String, FileStatus> entries;

  private RawFolder(Path path, FileSystem files, boolean isFile, Map<String, FileStatus> entries) {
    this.path = path;
    this.files = files;
    this.isFile = isFile;
    this.entries = entries;
  }

  /**
   * Lists the folder.
   *
   * @throws IllegalArgumentException if it is missing or cannot be read
   */
  public static RawFolder open(Path path, Configuration hadoop) {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      boolean isFile = files.getFileStatus(path).isFile();
      Map<String, FileStatus> entries = new TreeMap<>();
      for (FileStatus status : files.listStatus(path)) {
        entries.put(status.getPath().getName(), status);
      }
      return new RawFolder(path, files, isFile, entries);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          path + ": no such folder. Name the one that holds the data set's files.", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          path + ": cannot be read: " + e.getMessage() + ". Check the address and its permissions.",
          e);
    }
  }

  /** The file itself, where no folder was named. */
  Optional<RawFile> asFile() {
    return isFile
        ? entries.values().stream().findFirst().map(status -> RawFile.on(files, status))
        : Optional.empty();
  }

  /** The first of the names that is a file here. */
  Optional<RawFile> find(List<String> names) {
    return names.stream()
        .map(entries::get)
        .filter(status -> status != null && status.isFile() && !isFile)
        .findFirst()
        .map(status -> RawFile.on(files, status));
  }

  /** The folder of that name, listed, where there is one. */
  Optional<RawFolder> folder(String name, Configuration hadoop) {
    FileStatus status = entries.get(name);
    return status != null && status.isDirectory()
        ? Optional.of(open(status.getPath(), hadoop))
        : Optional.empty();
  }

  /** The complaint that something is not here, listing the names that would have done. */
  IllegalArgumentException missing(String what, List<String> lookedFor) {
    return new IllegalArgumentException(
        "%s: no %s here. Looked for %s; %s."
            .formatted(
                path,
                what,
                String.join(", ", lookedFor),
                isFile ? "this is a file, not a folder" : "found " + listing()));
  }

  private String listing() {
    return entries.isEmpty()
        ? "nothing"
        : entries.keySet().stream().limit(8).collect(Collectors.joining(", "))
            + (entries.size() > 8 ? " and " + (entries.size() - 8) + " more" : "");
  }
}
