package convoy.bench;

import convoy.driver.dataset.PreparedDataset;
import java.io.IOException;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** How long it takes from a Spark that is up to MNIST's training images in the executors. */
public final class Reading {
  private Reading() {}

  /** Takes nothing. */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark = Sessions.local(2)) {
      PreparedDataset mnist = Sessions.dataset(spark, "mnist");
      long start = System.nanoTime();
      long blocks = mnist.shards(spark, 0, 2).cache().count();
      System.out.printf(
          Locale.ROOT, "blocks=%d read=%.2f s%n", blocks, (System.nanoTime() - start) / 1e9);
    }
  }
}
