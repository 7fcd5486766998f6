package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same job on every kind of cluster, as real processes on loopback, over HDFS with a name node
 * and two data nodes: prepare, train, lose the driver, resume, evaluate. Each ends in the bytes of
 * {@code local[*]} on local files.
 */
final class ClusterTest {
  private static final Spark LOCAL =
      new Spark(List.of("--master", "local[*]", "--conf", "spark.ui.enabled=false"));

  @TempDir private static Path folder;
  private static HdfsCluster hdfs;
  private static DistributedFileSystem files;
  private static Map<String, Object> expected;

  @BeforeAll
  static void start() throws IOException {
    Path raw = ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    Job.succeed(folder, LOCAL, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    Job.succeed(folder, LOCAL, Job.train("set", "run"));
    FileSystem local = FileSystem.getLocal(new Configuration());
    expected = Job.result(local, folder.resolve("run").toString());

    hdfs = HdfsCluster.start(folder.resolve("hdfs"), 2);
    files = hdfs.files();
    files.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(raw.toUri()), new org.apache.hadoop.fs.Path("/raw"));
  }

  @AfterAll
  static void stop() {
    hdfs.close();
  }

  @Test
  void aStandaloneClusterEndsInTheSameBytes() throws IOException {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("standalone"), 2)) {
      List<String> options = new ArrayList<>(cluster.options("spark.executor.cores=1"));
      options.addAll(List.of("--properties-file", Programs.ROOT + "/deploy/clusters/cpu.conf"));
      wholeJob("standalone", new Spark(options));
    }
  }

  @Test
  @Tag("cluster")
  void executorsOfALocalClusterEndInTheSameBytes() throws IOException {
    wholeJob(
        "local-cluster",
        new Spark(
            List.of("--master", "local-cluster[2,1,1024]", "--conf", "spark.ui.enabled=false")));
  }

  @Test
  @Tag("cluster")
  void yarnEndsInTheSameBytesWithTheDriverInTheClusterOrOutside() throws IOException {
    try (YarnCluster yarn = YarnCluster.start(folder.resolve("yarn"), hdfs, 2)) {
      wholeJob("yarn-client", yarn.client());

      String run = hdfs.uri("/yarn-cluster/run");
      String set = hdfs.uri("/yarn-cluster/set");
      succeed(yarn.inCluster(prepareCommand("yarn-cluster")));
      succeed(yarn.inCluster(Job.train(set, run)));
      assertThat(Job.result(files, run)).isEqualTo(expected);
      succeed(yarn.inCluster("evaluate", "--run", run));
      assertThat(Job.result(files, run)).isEqualTo(expected);
      Outcome refused = yarn.inCluster(Job.train(set, run));
      assertThat(refused.status()).as(refused.err()).isEqualTo(1);
      assertThat(refused.err()).contains("exitCode: 2");
    }
  }

  private static void succeed(Outcome outcome) {
    assertThat(outcome.status()).as("%s", outcome).isZero();
  }

  /** Everything there is, the driver killed on the way. */
  private static void wholeJob(String name, Spark spark) throws IOException {
    Job.succeed(folder, spark, prepareCommand(name));
    String run = hdfs.uri("/" + name + "/run");
    Running running =
        Programs.startSparkSubmit(folder, spark, Job.train(hdfs.uri("/" + name + "/set"), run));
    int reached = Job.awaitCheckpoint(files, run, 0, running);
    running.process().destroyForcibly();
    assertThat(running.endsWithin(30)).isTrue();
    Outcome resumed = Job.succeed(folder, spark, Job.resume(run));
    assertThat(resumed.out()).containsPattern("going on after round \\d+");
    assertThat(reached).isPositive();
    assertThat(Job.result(files, run)).isEqualTo(expected);
    assertThat(files.listStatus(new org.apache.hadoop.fs.Path(run)))
        .extracting(status -> status.getPath().getName())
        .containsExactlyInAnyOrder(
            "run.json",
            "metrics.jsonl",
            "checkpoints",
            "model.zip",
            "evaluation.json",
            "driver.log",
            "_SUCCESS");
    Job.succeed(folder, spark, "evaluate", "--run", run, "--batch-size", "100");
    assertThat(Job.result(files, run)).isEqualTo(expected);
  }

  private static String[] prepareCommand(String name) {
    return new String[] {
      "prepare",
      "--dataset",
      "idx",
      "--from",
      hdfs.uri("/raw"),
      "--out",
      hdfs.uri("/" + name + "/set")
    };
  }
}
