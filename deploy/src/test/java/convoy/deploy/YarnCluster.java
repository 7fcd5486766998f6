package convoy.deploy;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * YARN on loopback over a given HDFS: a resource manager and node managers, each a process of its
 * own.
 */
final class YarnCluster implements AutoCloseable {
  private static final String LOCAL = "127.0.0.1:";

  /** What this machine asks for. */
  private static final Map<String, String> HERE =
      Map.of(
          // Spark is on every node already.
          "spark.yarn.jars",
          "local:" + Programs.jars() + "/*",
          "spark.yarn.appMasterEnv.SPARK_LOCAL_IP",
          "127.0.0.1",
          "spark.executorEnv.SPARK_LOCAL_IP",
          "127.0.0.1",
          "spark.ui.enabled",
          "false");

  private final Path folder;
  private final Optional<Kerberos> kerberos;
  private final Daemon resourceManager;
  private final List<Daemon> nodeManagers = new ArrayList<>();

  private YarnCluster(Path folder, Optional<Kerberos> kerberos, Daemon resourceManager) {
    this.folder = folder;
    this.kerberos = kerberos;
    this.resourceManager = resourceManager;
  }

  /** Starts one with so many node managers. */
  static YarnCluster start(Path folder, HdfsCluster hdfs, int nodeManagers) {
    return start(folder, hdfs, nodeManagers, Optional.empty());
  }

  /** Likewise, for those alone who have a ticket. */
  static YarnCluster start(
      Path folder, HdfsCluster hdfs, int nodeManagers, Optional<Kerberos> kerberos) {
    Path common = folder.resolve("conf");
    Map<String, String> settings = new HashMap<>();
    for (String address :
        List.of(
            "address",
            "scheduler.address",
            "resource-tracker.address",
            "admin.address",
            "webapp.address")) {
      settings.put("yarn.resourcemanager." + address, LOCAL + Daemon.freePort());
    }
    settings.put("yarn.resourcemanager.hostname", "127.0.0.1");
    settings.put("yarn.nm.liveness-monitor.expiry-interval-ms", "20000");
    settings.put("yarn.scheduler.minimum-allocation-mb", "128");
    // Room for the driver and an executor as cpu.conf asks for them.
    settings.put("yarn.nodemanager.resource.memory-mb", "10240");
    settings.put("yarn.nodemanager.resource.cpu-vcores", "4");
    // A JVM reserves more addresses than it uses; what it uses is checked.
    settings.put("yarn.nodemanager.vmem-check-enabled", "false");
    settings.put("yarn.nodemanager.pmem-check-enabled", "true");
    // The disk of a machine that runs tests may be nearly full.
    settings.put("yarn.nodemanager.disk-health-checker.enable", "false");
    settings.put("yarn.nodemanager.delete.debug-delay-sec", "600");
    settings.put("yarn.nodemanager.env-whitelist", "JAVA_HOME");
    kerberos.ifPresent(each -> settings.putAll(each.yarn()));
    write(common, hdfs, settings, kerberos);

    Daemon resourceManager =
        Daemon.start(
            folder,
            "resourcemanager",
            Map.of(),
            command(common, kerberos, "resourcemanager.ResourceManager"));
    YarnCluster cluster = new YarnCluster(folder, kerberos, resourceManager);
    for (int i = 1; i <= nodeManagers; i++) {
      Path own = folder.resolve("conf" + i);
      settings.put("yarn.nodemanager.address", LOCAL + Daemon.freePort());
      settings.put("yarn.nodemanager.localizer.address", LOCAL + Daemon.freePort());
      settings.put("yarn.nodemanager.webapp.address", LOCAL + Daemon.freePort());
      settings.put("yarn.nodemanager.local-dirs", folder.resolve("local" + i).toString());
      settings.put("yarn.nodemanager.log-dirs", folder.resolve("logs" + i).toString());
      write(own, hdfs, settings, kerberos);
      cluster.nodeManagers.add(
          Daemon.start(
              folder,
              "nodemanager" + i,
              Map.of(),
              command(own, kerberos, "nodemanager.NodeManager")));
    }
    try {
      resourceManager.await("NodeManager from node .* registered", nodeManagers);
      return cluster;
    } catch (AssertionError e) {
      cluster.close();
      cluster.nodeManagers.forEach(each -> e.addSuppressed(new AssertionError(each.log())));
      throw e;
    }
  }

  private static void write(
      Path conf, HdfsCluster hdfs, Map<String, String> settings, Optional<Kerberos> kerberos) {
    Programs.hadoopSite(conf.resolve("yarn-site.xml"), settings);
    Map<String, String> core = new HashMap<>();
    core.put("fs.defaultFS", hdfs.uri(""));
    core.put("hadoop.tmp.dir", conf + "/tmp");
    Map<String, String> files = new HashMap<>();
    files.put("dfs.replication", "2");
    kerberos.ifPresent(
        each -> {
          core.putAll(Kerberos.core());
          files.putAll(each.hdfs());
        });
    Programs.hadoopSite(conf.resolve("core-site.xml"), core);
    Programs.hadoopSite(conf.resolve("hdfs-site.xml"), files);
    Programs.hadoopSite(
        conf.resolve("capacity-scheduler.xml"),
        Map.of(
            "yarn.scheduler.capacity.root.queues",
            "default",
            "yarn.scheduler.capacity.root.default.capacity",
            "100",
            "yarn.scheduler.capacity.maximum-am-resource-percent",
            "1.0"));
  }

  private static List<String> command(Path conf, Optional<Kerberos> kerberos, String server) {
    return Programs.hadoopDaemon(
        conf, javaOptions(kerberos), "org.apache.hadoop.yarn.server." + server);
  }

  private static List<String> javaOptions(Optional<Kerberos> kerberos) {
    return kerberos.map(Kerberos::javaOption).stream().toList();
  }

  /** What this machine and its Kerberos ask for; the user's own keys are in the same file. */
  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(HERE);
    kerberos.ifPresent(
        each -> {
          settings.put("spark.kerberos.principal", Kerberos.principal(Kerberos.USER));
          settings.put("spark.kerberos.keytab", each.keytab().toString());
          for (String process : List.of("driver", "executor", "yarn.am")) {
            settings.put("spark." + process + ".extraJavaOptions", each.javaOption());
          }
        });
    return settings;
  }

  /** How jobs are submitted with the driver outside the cluster. */
  Spark client() {
    List<String> options =
        new ArrayList<>(
            List.of("--master", "yarn", "--num-executors", "2", "--executor-memory", "1g"));
    settings().forEach((key, value) -> options.addAll(List.of("--conf", key + "=" + value)));
    return new Spark(options, Optional.of(folder.resolve("conf")), javaOptions(kerberos));
  }

  /** Runs yarn.sh, the driver in the cluster, with cpu.conf and secure.conf as far as it holds. */
  Outcome inCluster(String... arguments) {
    Path deploy = Programs.ROOT.resolve("deploy/clusters");
    Path settings = folder.resolve("settings.conf");
    try (Stream<String> cpu = Files.lines(deploy.resolve("cpu.conf"));
        Stream<String> secure = Files.lines(deploy.resolve("secure.conf"))) {
      List<String> lines = new ArrayList<>(cpu.toList());
      // A realm of its own, or none.
      secure.filter(line -> !line.startsWith("spark.kerberos")).forEach(lines::add);
      settings().forEach((key, value) -> lines.add(key + " " + value));
      Files.write(settings, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(List.of(deploy.resolve("yarn.sh").toString()));
    command.addAll(List.of(arguments));
    return Programs.run(
        folder,
        Map.of(
            "PATH",
            Programs.pathWithSparkSubmit(folder, javaOptions(kerberos)),
            "HADOOP_CONF_DIR",
            folder.resolve("conf").toString(),
            "SETTINGS",
            settings.toString(),
            "EXECUTORS",
            "2"),
        command);
  }

  @Override
  public void close() {
    nodeManagers.forEach(Daemon::close);
    resourceManager.close();
  }
}
