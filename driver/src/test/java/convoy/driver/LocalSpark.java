package convoy.driver;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** One Spark in this JVM, with two task slots and up to three attempts a task, for all tests. */
public final class LocalSpark {
  private static final SparkSession SESSION =
      SparkSession.builder()
          .config(
              new SparkConf()
                  .setMaster("local[2,3]")
                  .setAppName("tests")
                  .set("spark.ui.enabled", "false")
                  .set("spark.ui.showConsoleProgress", "false")
                  .set("spark.sql.shuffle.partitions", "2"))
          .getOrCreate();

  private LocalSpark() {}

  /** The session; nobody stops it. */
  public static SparkSession session() {
    return SESSION;
  }

  /** Its context. */
  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(SESSION.sparkContext());
  }
}
