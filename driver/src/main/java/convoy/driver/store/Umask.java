package convoy.driver.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The umask of this process, which Hadoop's local file system does not look at: it has one of its
 * own, 022, and gives every file its permissions by that.
 */
public final class Umask {
  private Umask() {}

  /** Has Hadoop use this process's umask, unless a person or a site has set another. */
  public static Configuration applyTo(Configuration hadoop) {
    String[] sources = hadoop.getPropertySources(FsPermission.UMASK_LABEL);
    if (sources == null || Arrays.asList(sources).contains("core-default.xml")) {
      hadoop.set(FsPermission.UMASK_LABEL, ofProcess());
    }
    return hadoop;
  }

  /** Octal, for example 022: what a new folder is not given. */
  private static String ofProcess() {
    try {
      Path around = Files.createTempDirectory("convoy-");
      Path folder = Files.createDirectory(around.resolve("umask"));
      Set<PosixFilePermission> given = Files.getPosixFilePermissions(folder);
      Files.delete(folder);
      Files.delete(around);
      int mask = 0;
      for (PosixFilePermission permission : PosixFilePermission.values()) {
        mask = mask << 1 | (given.contains(permission) ? 0 : 1);
      }
      return "%03o".formatted(mask);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
