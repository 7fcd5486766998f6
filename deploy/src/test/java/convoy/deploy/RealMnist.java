package convoy.deploy;

import static org.junit.jupiter.api.Assumptions.abort;

import convoy.data.RawDataset;
import convoy.data.source.DatasetSource;
import convoy.data.source.SourceUnavailableException;
import convoy.data.source.TransferProgress;
import convoy.driver.dataset.NamedDatasets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** MNIST from the product's own sources, which keeps it in the cache. */
final class RealMnist {
  private RealMnist() {}

  /** The images; ends the test where they cannot be fetched, and fails it in CI. */
  static RawDataset fetched() {
    try {
      return DatasetSource.MNIST.load(
          Optional.empty(),
          new Configuration(),
          NamedDatasets.of(System.getenv()).downloads(),
          TransferProgress.SILENT);
    } catch (SourceUnavailableException e) {
      if (System.getenv("CI") != null) {
        throw e;
      }
      abort("MNIST could not be fetched: " + e.getMessage());
      throw e;
    }
  }
}
