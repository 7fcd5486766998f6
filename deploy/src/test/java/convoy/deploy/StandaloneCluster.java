package convoy.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Spark standalone cluster on loopback: a master and workers, each a process of its own. */
final class StandaloneCluster implements AutoCloseable {
  private final Path folder;
  private final Daemon master;
  private final String url;
  private final List<Daemon> workers = new ArrayList<>();

  private StandaloneCluster(Path folder, Daemon master, String url) {
    this.folder = folder;
    this.master = master;
    this.url = url;
  }

  /** A master alone. */
  static StandaloneCluster start(Path folder) {
    Daemon master =
        Daemon.start(
            folder,
            "master",
            Programs.SPARK_ENVIRONMENT,
            Programs.sparkDaemon(
                "127.0.0.1", List.of(), "master.Master", "--port", "0", "--webui-port", "0"));
    String url = master.await("Starting Spark master at (spark://127.0.0.1:\\d+)", 1).group(1);
    return new StandaloneCluster(folder, master, url);
  }

  /** Likewise, with workers of one core each. */
  static StandaloneCluster start(Path folder, int workers) {
    StandaloneCluster cluster = start(folder);
    try {
      for (int i = 0; i < workers; i++) {
        cluster.add(Worker.PLAIN);
      }
      return cluster;
    } catch (AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * A worker to be.
   *
   * @param starter the command that starts it, where it is not started by itself
   */
  record Worker(int cores, List<String> javaOptions, List<String> starter) {
    static final Worker PLAIN = new Worker(1, List.of(), List.of());

    static Worker startedBy(String... starter) {
      return new Worker(1, List.of(), List.of(starter));
    }
  }

  /** Adds a worker, which is a host of its own to Spark, and waits for it. */
  Daemon add(Worker settings) {
    int number = workers.size() + 1;
    String host = "127.0.0." + (number + 1);
    List<String> command = new ArrayList<>(settings.starter());
    command.addAll(
        Programs.sparkDaemon(
            host,
            settings.javaOptions(),
            "worker.Worker",
            "--port",
            "0",
            "--webui-port",
            "0",
            "--cores",
            Integer.toString(settings.cores()),
            "--memory",
            "8g",
            "--work-dir",
            folder.resolve("work" + number).toString(),
            url));
    Map<String, String> environment = new HashMap<>(Programs.SPARK_ENVIRONMENT);
    environment.put("SPARK_LOCAL_IP", host);
    Daemon worker = Daemon.start(folder, "worker" + number, environment, command);
    workers.add(worker);
    worker.await("Successfully registered with master", 1);
    return worker;
  }

  /** Counted from 0. */
  Daemon worker(int number) {
    return workers.get(number);
  }

  /** The executors that run now. */
  Stream<ProcessHandle> executors() {
    return workers.stream().flatMap(Daemon::children).filter(Programs::isExecutor);
  }

  /** What {@code spark-submit} needs to use it. */
  List<String> options(String... settings) {
    List<String> options = new ArrayList<>(List.of("--master", url, "--executor-memory", "1g"));
    for (String setting : settings) {
      options.addAll(List.of("--conf", setting));
    }
    options.addAll(
        List.of(
            "--conf",
            // A client's setting, of which Hadoop's own default is 3.
            "spark.hadoop.dfs.replication=2",
            "--conf",
            "spark.driver.host=127.0.0.1",
            "--conf",
            "spark.driver.bindAddress=127.0.0.1",
            "--conf",
            "spark.ui.enabled=false"));
    return options;
  }

  @Override
  public void close() {
    workers.forEach(Daemon::close);
    master.close();
  }
}
