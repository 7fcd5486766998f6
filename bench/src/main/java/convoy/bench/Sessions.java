package convoy.bench;

import convoy.data.ImageShape;
import convoy.data.source.TransferProgress;
import convoy.driver.dataset.NamedDatasets;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** What measurements with Spark have in common. */
final class Sessions {
  private Sessions() {}

  /** Spark in this process, with as many cores and with the settings of the launcher. */
  static SparkSession local(int cores) {
    return at("local[" + cores + "]");
  }

  /** Likewise at any master; executors on this machine find the classes where this process does. */
  static SparkSession at(String master) {
    SparkConf conf =
        new SparkConf()
            .setMaster(master)
            .setAppName("bench")
            .set("spark.ui.enabled", "false")
            .set("spark.broadcast.compress", "false")
            .set("spark.driver.maxResultSize", "0")
            .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .set("spark.executorEnv.OMP_NUM_THREADS", "1")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** A prepared set, by URI, or by name from the user's cache. */
  static PreparedDataset dataset(SparkSession spark, String data) throws IOException {
    Files files = new Files(new Configuration());
    return NamedDatasets.isName(data)
        ? NamedDatasets.of(System.getenv()).make(data, files, spark, TransferProgress.SILENT)
        : PreparedDataset.open(files, files.resolve(data));
  }

  /** A named network for a set's images. */
  static Network network(String name, PreparedDataset dataset) {
    ImageShape shape = dataset.shape();
    InputShape input = new InputShape(shape.channels(), shape.height(), shape.width());
    return Zoo.named(name, input, dataset.classes().size());
  }
}
