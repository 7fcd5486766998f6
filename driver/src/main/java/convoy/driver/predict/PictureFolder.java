package convoy.driver.predict;

import convoy.driver.CommandLineException;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The picture files of a folder and of those below it, in the order of their names. HDFS and S3
 * list a folder page by page, in that order; of a local one all names are held, and no more.
 */
final class PictureFolder {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  private final FileSystem system;
  private final Visitor visitor;
  private long count;

  private PictureFolder(FileSystem system, Visitor visitor) {
    this.system = system;
    this.visitor = visitor;
  }

  /** What is done with a file. */
  @FunctionalInterface
  interface Visitor {
    void file(Path file) throws IOException;
  }

  /**
   * Shows all files.
   *
   * @param root a folder, or a file, which is shown whatever its name is
   * @return how many
   */
  static long walk(Path root, Configuration hadoop, Visitor visitor) throws IOException {
    FileSystem system = root.getFileSystem(hadoop);
    PictureFolder walk = new PictureFolder(system, visitor);
    if (system.getFileStatus(root).isFile()) {
      visitor.file(root);
      return 1;
    }
    walk.folder(root);
    return walk.count;
  }

  /**
   * Where a picture is read from. Of local files not by way of Hadoop's checksums: those lie in
   * files whose names it cannot make where the picture's has a colon.
   */
  static FileSystem system(Path file, Configuration hadoop) throws IOException {
    FileSystem system = file.getFileSystem(hadoop);
    return system instanceof LocalFileSystem local ? local.getRaw() : system;
  }

  private void folder(Path folder) throws IOException {
    if (system instanceof LocalFileSystem local) {
      File[] entries = local.pathToFile(folder).listFiles();
      if (entries == null) {
        throw new CommandLineException(
            "--images %s: cannot be listed. Check its permissions.".formatted(folder));
      }
      Arrays.sort(entries);
      for (File entry : entries) {
        // A name may hold a colon, which would be taken for a scheme's.
        Path path = new Path(folder, new Path(null, null, entry.getName()));
        entry(path, entry.isDirectory());
      }
      return;
    }
    RemoteIterator<FileStatus> entries = system.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      entry(entry.getPath(), entry.isDirectory());
    }
  }

  private void entry(Path path, boolean isFolder) throws IOException {
    String name = path.getName();
    if (name.startsWith(".") || name.startsWith("_")) {
      return;
    }
    if (isFolder) {
      folder(path);
    } else if (ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
      visitor.file(path);
      count++;
    }
  }
}
