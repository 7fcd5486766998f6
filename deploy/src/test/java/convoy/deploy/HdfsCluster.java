package convoy.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final DistributedFileSystem files;
  private Daemon nameNode;

  private HdfsCluster(Path folder) {
    this.folder = folder;
    Map<String, String> core =
        Map.of("fs.defaultFS", uri(""), "hadoop.tmp.dir", folder.resolve("tmp").toString());
    Map<String, String> hdfs =
        Map.of(
            "dfs.namenode.rpc-address",
            LOCAL + rpc,
            "dfs.namenode.http-address",
            LOCAL + http,
            "dfs.namenode.name.dir",
            folder.resolve("name").toUri().toString(),
            "dfs.permissions.enabled",
            "false",
            "dfs.namenode.datanode.registration.ip-hostname-check",
            "false",
            "dfs.namenode.safemode.extension",
            "0",
            "dfs.heartbeat.interval",
            "1",
            "dfs.namenode.heartbeat.recheck-interval",
            "2000");
    Programs.hadoopSite(folder.resolve("conf/core-site.xml"), core);
    Programs.hadoopSite(folder.resolve("conf/hdfs-site.xml"), hdfs);
    nameNodeCommand = command("server.namenode.NameNode");
    files = client();
  }

  /** Starts one; on how many data nodes a file is kept, its writer says. */
  static HdfsCluster start(Path folder, int dataNodes) {
    HdfsCluster cluster = new HdfsCluster(folder);
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
        folder.resolve("conf"), "org.apache.hadoop.hdfs." + daemon, arguments);
  }

  /** Starts the name node, for the first time or after it was killed. */
  void startNameNode() {
    nameNode = Daemon.start(folder, "namenode", Map.of(), nameNodeCommand);
  }

  /** Waits until the name node serves, with so many live data nodes and all files readable. */
  void awaitDataNodes(int live) {
    long until = System.nanoTime() + 120_000_000_000L;
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

  /** A client that does not wait long for a name node that is away. */
  DistributedFileSystem files() {
    return files;
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
      files.close();
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
