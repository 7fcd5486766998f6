package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** HDFS on loopback: a name node and data nodes, each a process of its own. */
final class HdfsCluster implements AutoCloseable {
  private static final String LOCAL = "127.0.0.1:";

  private final Path folder;
  private final List<String> nameNodeCommand;
  private final int rpc = Daemon.freePort();
  private final int http = Daemon.freePort();
  private final List<Daemon> dataNodes = new ArrayList<>();
  private final Optional<Kerberos> kerberos;
  private Optional<DistributedFileSystem> files = Optional.empty();
  private Daemon nameNode;

  private HdfsCluster(Path folder, Optional<Kerberos> kerberos) {
    this.folder = folder;
    this.kerberos = kerberos;
    Map<String, String> core = new HashMap<>();
    core.put("fs.defaultFS", uri(""));
    core.put("hadoop.tmp.dir", folder.resolve("tmp").toString());
    Map<String, String> hdfs = new HashMap<>();
    hdfs.put("dfs.namenode.rpc-address", LOCAL + rpc);
    hdfs.put("dfs.namenode.http-address", LOCAL + http);
    hdfs.put("dfs.namenode.name.dir", folder.resolve("name").toUri().toString());
    hdfs.put("dfs.permissions.enabled", "false");
    hdfs.put("dfs.namenode.datanode.registration.ip-hostname-check", "false");
    hdfs.put("dfs.namenode.safemode.extension", "0");
    hdfs.put("dfs.heartbeat.interval", "1");
    hdfs.put("dfs.namenode.heartbeat.recheck-interval", "2000");
    kerberos.ifPresent(
        each -> {
          core.putAll(Kerberos.core());
          hdfs.putAll(each.hdfs());
        });
    Programs.hadoopSite(conf().resolve("core-site.xml"), core);
    Programs.hadoopSite(conf().resolve("hdfs-site.xml"), hdfs);
    nameNodeCommand = command("server.namenode.NameNode");
  }

  /** Starts one; on how many data nodes a file is kept, its writer says. */
  static HdfsCluster start(Path folder, int dataNodes) {
    return start(folder, dataNodes, Optional.empty());
  }

  /** Likewise, for those alone who have a ticket. */
  static HdfsCluster start(Path folder, int dataNodes, Optional<Kerberos> kerberos) {
    HdfsCluster cluster = new HdfsCluster(folder, kerberos);
    try {
      List<String> format = new ArrayList<>(cluster.nameNodeCommand);
      format.addAll(List.of("-format", "-nonInteractive"));
      Daemon.start(folder, "format", Map.of(), format).awaitSuccess();
      cluster.startNameNode();
      for (int i = 0; i < dataNodes; i++) {
        cluster.dataNodes.add(cluster.newDataNode(i));
      }
      cluster.awaitDataNodes(dataNodes);
      return cluster;
    } catch (AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private Daemon newDataNode(int number) {
    return Daemon.start(
        folder,
        "datanode" + number,
        Map.of(),
        command(
            "server.datanode.DataNode",
            "-Ddfs.datanode.data.dir=" + folder.resolve("data" + number).toUri(),
            "-Ddfs.datanode.address=" + LOCAL + 0,
            "-Ddfs.datanode.http.address=" + LOCAL + 0,
            "-Ddfs.datanode.ipc.address=" + LOCAL + 0));
  }

  private List<String> command(String daemon, String... arguments) {
    return Programs.hadoopDaemon(
        conf(),
        kerberos.map(Kerberos::javaOption).stream().toList(),
        "org.apache.hadoop.hdfs." + daemon,
        arguments);
  }

  /** Starts the name node, for the first time or after it was killed. */
  void startNameNode() {
    nameNode = Daemon.start(folder, "namenode", Map.of(), nameNodeCommand);
  }

  /** Waits until the name node serves, with so many live data nodes and all files readable. */
  void awaitDataNodes(int live) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Daemon.READY_SECONDS);
    while (true) {
      String state = state();
      if (state.contains("\"NumLiveDataNodes\" : " + live)
          && state.contains("\"FSState\" : \"Operational\"")) {
        return;
      }
      if (System.nanoTime() > until) {
        throw new AssertionError("HDFS is not ready: " + state + nameNode.log());
      }
      Daemon.pause(100);
    }
  }

  /** What the name node says of itself; empty while it does not answer. */
  private String state() {
    String query = "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState";
    try (InputStream in = URI.create("http://" + LOCAL + http + query).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  Daemon nameNode() {
    return nameNode;
  }

  /** Counted from 0. */
  Daemon dataNode(int number) {
    return dataNodes.get(number);
  }

  /** Starts one again that was killed. */
  void restartDataNode(int number) {
    dataNodes.set(number, newDataNode(number));
    awaitDataNodes(dataNodes.size());
  }

  /** A path's full address. */
  String uri(String path) {
    return "hdfs://" + LOCAL + rpc + path;
  }

  /** What its servers are told. */
  Path conf() {
    return folder.resolve("conf");
  }

  /** What {@code hadoop fs} does, as one of those whom Kerberos knows. */
  void shell(String user, String... arguments) {
    Kerberos tickets = kerberos.orElseThrow();
    List<String> command =
        Programs.hadoopDaemon(
            conf(), List.of(tickets.javaOption()), "org.apache.hadoop.fs.FsShell", arguments);
    Outcome outcome = Programs.run(folder, tickets.login(user), command);
    assertThat(outcome.status()).as("%s: %s", List.of(arguments), outcome).isZero();
  }

  /** A client without a ticket that does not wait long for a name node that is away. */
  DistributedFileSystem files() {
    if (files.isEmpty()) {
      files = Optional.of(client());
    }
    return files.get();
  }

  private DistributedFileSystem client() {
    Configuration configuration = new Configuration();
    configuration.setInt("dfs.replication", 1);
    configuration.setInt("ipc.client.connect.max.retries", 2);
    try {
      return (DistributedFileSystem) FileSystem.newInstance(URI.create(uri("/")), configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (files.isPresent()) {
        files.get().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      dataNodes.forEach(Daemon::close);
      if (nameNode != null) {
        nameNode.close();
      }
    }
  }
}
