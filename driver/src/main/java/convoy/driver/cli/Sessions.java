package convoy.driver.cli;

import convoy.driver.Version;
import convoy.driver.evaluate.Provenance;
import convoy.driver.gpu.Device;
import convoy.driver.gpu.GpuPlugin;
import convoy.driver.gpu.Gpus;
import convoy.driver.store.Files;
import convoy.driver.store.Umask;
import convoy.model.engine.ComputeDevice;
import convoy.model.engine.ConvolutionPath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Spark as every command uses it. */
final class Sessions {
  private Sessions() {}

  /**
   * A session as {@code spark-submit} configured it, with what Convoy needs where nothing else was
   * asked for. Nothing is computed there.
   */
  static SparkSession open(String command) {
    return open(command, Device.CPU);
  }

  /** Likewise, whose executors compute on the given device. */
  static SparkSession open(String command, Device device) {
    SparkConf conf = new SparkConf().setAppName("convoy " + command);
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // One thread an operation in each task: tasks fill the cores, and sums are the same on any
    // machine.
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
    // Every worker's parameters come back in one job; how much that is follows from the network.
    conf.setIfMissing("spark.driver.maxResultSize", "0");
    // Parameters hardly get any smaller.
    conf.setIfMissing("spark.broadcast.compress", "false");
    // As Main does for the driver.
    conf.setIfMissing(
        "spark.executor.defaultJavaOptions",
        ComputeDevice.properties().entrySet().stream()
            .map(each -> "-D" + each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(" ")));
    // The number of workers follows from the slots: wait for all that were asked for.
    conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    // Kryo cannot write records.
    conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    // Files of executors get the permissions that files of this process get.
    conf.setIfMissing(
        "spark.hadoop." + FsPermission.UMASK_LABEL, files().hadoop().get(FsPermission.UMASK_LABEL));
    String plugins = conf.get("spark.plugins", "");
    String own = GpuPlugin.class.getName();
    conf.set("spark.plugins", plugins.isEmpty() ? own : plugins + "," + own);
    conf.set(GpuPlugin.DEVICE, device.name().toLowerCase(Locale.ROOT));
    bind(conf, device);
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /**
   * Decides what this process computes on, before ND4J is touched. A driver that is no executor
   * leaves its machine's GPUs to others.
   */
  static void bind(SparkConf conf, Device device) {
    Gpus.bind(local(conf) ? device : Device.CPU, List.of());
  }

  /**
   * What works and where, for a person; the second line is there where operations of a task would
   * take all cores from the others.
   */
  static String described(SparkSession spark) {
    SparkConf conf = spark.sparkContext().getConf();
    String line =
        "Convoy %s, Spark %s on %s, convolutions by %s"
            .formatted(
                Version.current().number(),
                spark.version(),
                conf.get("spark.master"),
                switch (ConvolutionPath.inForce()) {
                  case ONEDNN -> "oneDNN";
                  case CUDA -> "CUDA";
                  case STOCK -> "DL4J's own code, which is slow: see the log";
                });
    return local(conf) && System.getenv("OMP_NUM_THREADS") == null
        ? line + "\nOMP_NUM_THREADS is not set, so tasks compete for cores: set it to 1."
        : line;
  }

  /** The file systems that {@code spark-submit} configured, before there is a session. */
  static Files files() {
    return new Files(Umask.applyTo(SparkHadoopUtil.get().newConfiguration(new SparkConf())));
  }

  /** Of the programs at work. */
  static Map<String, String> versions(SparkSession spark) {
    Version convoy = Version.current();
    Map<String, String> versions = new TreeMap<>();
    versions.put("convoy", convoy.number());
    versions.put("commit", convoy.commit());
    versions.put("java", Runtime.version().toString());
    versions.put("spark", spark.version());
    versions.put("scala", scala.util.Properties.versionNumberString());
    versions.put("hadoop", org.apache.hadoop.util.VersionInfo.getVersion());
    versions.put("dl4j", convoy.dl4j());
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    return versions;
  }

  /** When, where and by what a result is made. */
  static Provenance provenance(SparkSession spark) {
    return new Provenance(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        spark.sparkContext().master(),
        slots(spark),
        versions(spark));
  }

  /** The Java face of a session's context. */
  static JavaSparkContext context(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /** Tasks that can run at a time. */
  static int slots(SparkSession spark) {
    int cpus = spark.sparkContext().conf().getInt("spark.task.cpus", 1);
    return Math.max(1, spark.sparkContext().defaultParallelism() / cpus);
  }

  /** Whether driver and executors are one process. */
  static boolean local(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    return master.equals("local") || master.startsWith("local[");
  }
}
