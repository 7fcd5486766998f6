package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.dataset.DatasetManifest;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The value of {@code --data}: a name, or where a prepared set is.
 *
 * @param value as given
 */
record DataOption(String value) {
  /** The set where it is there already; a name's set may still have to be made. */
  Optional<PreparedDataset> find(Files files) throws IOException {
    return NamedDatasets.isName(value)
        ? NamedDatasets.of(System.getenv()).find(value, files)
        : Optional.of(PreparedDataset.open(files, files.resolve(value)));
  }

  /**
   * The set, made where it is not there yet.
   *
   * @throws CommandLineException if executors on other machines could not read it
   */
  PreparedDataset open(Files files, SparkSession spark, Console console) throws IOException {
    if (!NamedDatasets.isName(value)) {
      return PreparedDataset.open(files, files.resolve(value));
    }
    Map<String, String> environment = System.getenv();
    SparkConf conf = spark.sparkContext().getConf();
    if (!Sessions.local(conf) && !environment.containsKey("CONVOY_CACHE")) {
      throw new CommandLineException(
          "--data %s: is prepared on this machine's disk, which executors on other machines cannot read. Run `prepare --dataset %s --out URI` with a URI that all can read and name that, or set CONVOY_CACHE to a folder that all share."
              .formatted(value, value));
    }
    return NamedDatasets.of(environment).make(value, files, spark, console);
  }

  /** For example {@code mnist: 60,000 training and 10,000 test images of 28x28x1, 10 classes}. */
  static String summary(PreparedDataset dataset) {
    DatasetManifest manifest = dataset.manifest();
    return String.format(
        Locale.ROOT,
        "%s: %,d training and %,d test images of %s, %d classes",
        manifest.name(),
        manifest.counts().train(),
        manifest.counts().test(),
        manifest.shape(),
        manifest.classes().size());
  }
}
