package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.PredictedRows.Row;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
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
  void aStandaloneClusterLabelsFromHdfsToHdfsWhatOneProcessLabels() throws IOException {
    files.copyFromLocalFile(hadoop(folder.resolve("run")), path("/labelling/run"));
    files.copyFromLocalFile(hadoop(folder.resolve("set")), path("/labelling/set"));
    BufferedImage blank = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (String file : List.of("a.png", "b/c.PNG", "b/notes.txt", "_b/d.png")) {
      try (OutputStream out = files.create(path("/labelling/pictures/" + file))) {
        ImageIO.write(blank, "png", out);
      }
    }
    Job.succeed(folder, LOCAL, predict("run", "raw/t10k-images-idx3-ubyte", "labels"));
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("labelling"), 2)) {
      // A file system that executors know by the driver's settings alone.
      String mount = "spark.hadoop.fs.viewfs.mounttable.mounted.link./";
      Spark spark =
          new Spark(
              cluster.options(
                  "spark.executor.cores=1",
                  mount + "raw=" + hdfs.uri("/raw"),
                  mount + "set=" + hdfs.uri("/labelling/set")));
      String run = hdfs.uri("/labelling/run");
      String idx = "viewfs://mounted/raw/t10k-images-idx3-ubyte";
      String pictures = hdfs.uri("/labelling/pictures");
      Job.succeed(folder, spark, "evaluate", "--run", run, "--data", "viewfs://mounted/set");
      Job.succeed(folder, spark, predict(run, idx, hdfs.uri("/labelling/of-idx")));
      Job.succeed(folder, spark, predict(run, pictures, hdfs.uri("/labelling/of-pictures")));
    }
    files.copyToLocalFile(path("/labelling/of-idx"), hadoop(folder.resolve("of-idx")));
    files.copyToLocalFile(path("/labelling/of-pictures"), hadoop(folder.resolve("of-pictures")));
    assertThat(PredictedRows.in(folder.resolve("of-pictures")))
        .containsOnlyKeys(
            hdfs.uri("/labelling/pictures/a.png"), hdfs.uri("/labelling/pictures/b/c.PNG"));
    Map<String, Row> there = PredictedRows.in(folder.resolve("of-idx"));
    Map<String, Row> here = PredictedRows.in(folder.resolve("labels"));
    assertThat(there).hasSize(250);
    for (int i = 0; i < 250; i++) {
      String name = "/raw/t10k-images-idx3-ubyte#" + i;
      assertThat(there.get("viewfs://mounted" + name).label())
          .isEqualTo(here.get("file:" + folder + name).label());
    }
  }

  /** The driver is killed on the way; slots of both workers train trials. */
  @Test
  void aSweepOnAStandaloneClusterEndsInTheSameTrials() throws IOException {
    Sweeps.specification(folder.resolve("sweep.yaml"), folder.resolve("set").toString());
    Job.succeed(folder, LOCAL, "sweep", "--spec", "sweep.yaml", "--out", "sweep");
    files.copyFromLocalFile(hadoop(folder.resolve("set")), path("/sweeping/set"));
    Sweeps.specification(folder.resolve("there.yaml"), hdfs.uri("/sweeping/set"));
    String out = hdfs.uri("/sweeping/sweep");
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("sweeping"), 2)) {
      Spark spark = new Spark(cluster.options("spark.executor.cores=1"));
      String spec = "file:" + folder.resolve("there.yaml");
      Running running =
          Programs.startSparkSubmit(folder, spark, "sweep", "--spec", spec, "--out", out);
      Path journal = folder.resolve("journal");
      while (running.process().isAlive() && !holds(out + "/trials/0002/checkpoints")) {
        Daemon.pause(50);
      }
      running.process().destroyForcibly();
      assertThat(running.endsWithin(30)).isTrue();
      Outcome resumed = Job.succeed(folder, spark, "sweep", "--resume", "--out", out);
      assertThat(resumed.out()).contains("2 trials, each on a task slot");
      Job.succeed(folder, spark, "evaluate", "--run", out + "/trials/0003");
      files.copyToLocalFile(path("/sweeping/sweep/sweep.jsonl"), hadoop(journal));
      assertThat(Files.readString(journal)).doesNotContain("FAILED");
    }
    assertThat(Sweeps.results(files, out))
        .isEqualTo(
            Sweeps.results(
                FileSystem.getLocal(new Configuration()), folder.resolve("sweep").toString()));
  }

  private static boolean holds(String folder) throws IOException {
    return files.exists(path(folder)) && files.listStatus(path(folder)).length > 0;
  }

  private static String[] predict(String run, String images, String out) {
    return new String[] {
      "predict", "--run", run, "--images", images, "--batch-size", "50", "--out", out
    };
  }

  private static org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(name);
  }

  private static org.apache.hadoop.fs.Path hadoop(Path file) {
    return new org.apache.hadoop.fs.Path(file.toUri());
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
            "report.html",
            "driver.log",
            "_SUCCESS");
    Job.succeed(folder, spark, "evaluate", "--run", run, "--batch-size", "100", "--robustness");
    assertThat(Job.result(files, run)).isEqualTo(expected);
    String[] compare = {
      "compare", "--baseline", run, "--candidate", run, "--require", "accuracy_drop<=0"
    };
    assertThat(Job.succeed(folder, spark, compare).out()).contains("met: accuracy_drop is 0.0");
    String labels = hdfs.uri("/" + name + "/labels");
    String set = hdfs.uri("/" + name + "/set");
    Outcome predicted =
        Job.succeed(folder, spark, "predict", "--run", run, "--images", set, "--out", labels);
    assertThat(predicted.out()).contains("1,453 images");
    assertThat(files.exists(new org.apache.hadoop.fs.Path(labels, "_SUCCESS"))).isTrue();
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
