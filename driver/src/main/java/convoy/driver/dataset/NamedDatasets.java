package convoy.driver.dataset;

import convoy.data.RawDataset;
import convoy.data.source.DatasetSource;
import convoy.data.source.DownloadCache;
import convoy.data.source.TransferProgress;
import convoy.driver.CommandLineException;
import convoy.driver.store.Files;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sets that {@code --data} knows by name, prepared once in this machine's cache. Driver only;
 * not serialisable.
 *
 * @param folder the cache: {@code $CONVOY_CACHE}, or {@code ~/.cache/convoy}
 */
public record NamedDatasets(Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(NamedDatasets.class);
  private static final Map<String, DatasetSource> NAMES =
      Map.of("mnist", DatasetSource.MNIST, "cifar10", DatasetSource.CIFAR10);

  /** The cache that the environment names. */
  public static NamedDatasets of(Map<String, String> environment) {
    String chosen = environment.get("CONVOY_CACHE");
    return new NamedDatasets(
        chosen == null || chosen.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "convoy")
            : Path.of(chosen).toAbsolutePath());
  }

  /** Whether {@code data} is one of the names. */
  public static boolean isName(String data) {
    return NAMES.containsKey(data);
  }

  /** Verified downloads. */
  public DownloadCache downloads() {
    return DownloadCache.at(folder.resolve("downloads"));
  }

  /** The prepared set of that name where it was made already. */
  public Optional<PreparedDataset> find(String name, Files files) throws IOException {
    org.apache.hadoop.fs.Path target = target(name);
    return files.exists(new org.apache.hadoop.fs.Path(target, PreparedDataset.MANIFEST))
        ? Optional.of(PreparedDataset.open(files, target))
        : Optional.empty();
  }

  /**
   * The prepared set of that name, fetched and made where it is not there; another process may be
   * making it.
   */
  public PreparedDataset make(
      String name, Files files, SparkSession spark, TransferProgress progress) throws IOException {
    Path prepared = java.nio.file.Files.createDirectories(folder.resolve("prepared"));
    Path lockFile = prepared.resolve(name.toLowerCase(Locale.ROOT) + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      LOG.debug("holding {}", lock);
      Optional<PreparedDataset> made = find(name, files);
      if (made.isPresent()) {
        return made.get();
      }
      return new DatasetWriter(spark, files).write(load(name, files, progress), target(name));
    }
  }

  private RawDataset load(String name, Files files, TransferProgress progress) {
    try {
      return NAMES.get(name).load(Optional.empty(), files.hadoop(), downloads(), progress);
    } catch (IllegalArgumentException e) {
      throw new CommandLineException(e.getMessage(), e);
    }
  }

  private org.apache.hadoop.fs.Path target(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve("prepared").resolve(name).toUri());
  }
}
