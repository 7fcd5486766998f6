package convoy.data.source;

import convoy.data.RawDataset;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The data sets that can be fetched or read by name. */
public enum DatasetSource {
  MNIST,
  CIFAR10,
  IDX,
  CIFAR;

  /**
   * Fetches or reads the data set, verified.
   *
   * @param from the folder (or, for CIFAR, archive) with the raw files; may be absent for MNIST and CIFAR10 only
   */
  public RawDataset load(
      Optional<Path> from, Configuration hadoop, DownloadCache cache, TransferProgress progress) {
    throw new UnsupportedOperationException();
  }
}
