package convoy.driver.store;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Hadoop's settings where a task runs: the executor's own with the driver's {@code spark.hadoop.*}
 * over them, which {@code SparkHadoopUtil.get().conf()} lacks on an executor.
 */
public final class TaskHadoop {
  private static SparkEnv env;
  private static Configuration settings;

  private TaskHadoop() {}

  /** Made once for all tasks of an application, since reading Hadoop's files takes a while. */
  public static synchronized Configuration settings() {
    if (env != SparkEnv.get()) {
      env = SparkEnv.get();
      settings = SparkHadoopUtil.get().newConfiguration(env.conf());
    }
    return settings;
  }
}
