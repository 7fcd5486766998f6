package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import convoy.deploy.StandaloneCluster.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What breaks on a cluster at night: each ends in the parameters of an undisturbed run, or in a
 * stop that says how to go on and a resumed run that ends in them.
 */
@Tag("cluster")
final class FaultTest {
  /** As on a disk that is nearly full: no file can grow beyond this, as ND4J's library does. */
  private static final Worker FULL_DISK = Worker.startedBy("prlimit", "--fsize=300000000");

  /** Each executor unpacks libraries into its own working folder. */
  private static final String OWN_LIBRARIES =
      "spark.executor.extraJavaOptions=-Dorg.bytedeco.javacpp.cachedir=libraries";

  @TempDir private static java.nio.file.Path folder;
  private static HdfsCluster hdfs;
  private static DistributedFileSystem files;
  private static Map<String, Object> expected;
  private static int tests;

  private StandaloneCluster cluster;
  private Running running;
  private String run;

  @BeforeAll
  static void start() throws IOException {
    Spark local = new Spark(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
    ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    hdfs = HdfsCluster.start(folder.resolve("hdfs"), 2);
    files = hdfs.files();
    Job.succeed(
        folder, local, "prepare", "--dataset", "idx", "--from", "raw", "--out", hdfs.uri("/set"));
    Job.succeed(folder, local, Job.train(hdfs.uri("/set"), "run"));
    FileSystem disk = FileSystem.getLocal(new Configuration());
    expected = Job.result(disk, folder.resolve("run").toString());
  }

  @AfterAll
  static void stop() {
    hdfs.close();
  }

  @BeforeEach
  void startSpark() {
    tests++;
    cluster = StandaloneCluster.start(folder.resolve("spark" + tests));
    run = hdfs.uri("/runs/" + tests);
  }

  @AfterEach
  void stopSpark() {
    if (running != null) {
      running.process().destroyForcibly();
    }
    cluster.close();
  }

  @Test
  void executorsKilledAgainAndAgain() throws IOException {
    addWorkers(2);
    running = startTraining();
    int reached = 0;
    for (int kill = 0; kill < 5; kill++) {
      reached = Job.awaitCheckpoint(files, run, reached + 3, running);
      ProcessHandle executor =
          cluster.executors().min(Comparator.comparing(ProcessHandle::pid)).orElseThrow();
      assertThat(executor.destroyForcibly()).isTrue();
    }
    assertEndsAsExpected();
  }

  @Test
  void aWorkerGoneForGood() throws IOException {
    addWorkers(2);
    running = startTraining();
    Job.awaitCheckpoint(files, run, 0, running);
    List<ProcessHandle> executors = cluster.worker(0).children().toList();
    cluster.worker(0).kill();
    executors.forEach(ProcessHandle::destroyForcibly);
    assertEndsAsExpected();
  }

  @Test
  void aWorkerFrozenForAMinute() throws IOException {
    addWorkers(2);
    running = startTraining();
    Job.awaitCheckpoint(files, run, 0, running);
    cluster.worker(0).freeze();
    Daemon.pause(60_000);
    cluster.worker(0).thaw();
    assertEndsAsExpected();
  }

  @Test
  void aDataNodeKilled() throws IOException {
    addWorkers(2);
    running = startTraining();
    Job.awaitCheckpoint(files, run, 0, running);
    hdfs.dataNode(1).kill();
    try {
      assertEndsAsExpected();
    } finally {
      hdfs.restartDataNode(1);
    }
  }

  @Test
  void theNameNodeRestartedStopsTheRunAndItGoesOn() throws IOException {
    addWorkers(2);
    running = startTraining("spark.hadoop.ipc.client.connect.max.retries=1");
    Job.awaitCheckpoint(files, run, 0, running);
    hdfs.nameNode().kill();
    boolean ended = running.endsWithin(200);
    hdfs.startNameNode();
    hdfs.awaitDataNodes(2);
    assertThat(ended).as("%s", running.outcome()).isTrue();
    // What its client says depends on what it was about.
    assertThat(stopped()).containsPattern("(Connect|EOF|Socket)\\w*Exception: .*127\\.0\\.0\\.1");
    assertGoesOnAsExpected();
  }

  @Test
  void noSpaceInHdfsStopsTheRunAndItGoesOn() throws IOException {
    addWorkers(1);
    // Room for two checkpoints, but not for three: while a block is written it counts in full, and
    // twice as everything does.
    Path path = new Path(run);
    files.mkdirs(path);
    long room = 2 * (files.getDefaultBlockSize(path) + (2 << 20));
    files.setQuota(path, HdfsConstants.QUOTA_DONT_SET, room);
    running = startTraining();
    assertThat(running.endsWithin(200)).as("%s", running.outcome()).isTrue();
    files.setQuota(path, HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
    assertThat(stopped()).contains("DSQuotaExceededException: The DiskSpace quota of /runs/");
    assertGoesOnAsExpected();
  }

  @Test
  void theNameNodeRestartedIsWaitedForWhereTheClientsMay() throws IOException {
    addWorkers(2);
    running = startTraining("spark.hadoop.dfs.client.retry.policy.enabled=true");
    Job.awaitCheckpoint(files, run, 0, running);
    hdfs.nameNode().kill();
    hdfs.startNameNode();
    hdfs.awaitDataNodes(2);
    assertEndsAsExpected();
  }

  @Test
  void tasksThatFailOnOneHostMoveToAnother() throws IOException {
    cluster.add(Worker.PLAIN);
    cluster.add(FULL_DISK);
    running =
        startTraining(
            "spark.excludeOnFailure.enabled=true",
            "spark.excludeOnFailure.killExcludedExecutors=true",
            OWN_LIBRARIES);
    assertEndsAsExpected();
    assertThat(driverLog()).contains("UnsatisfiedLinkError").containsPattern("Excluding executor");
  }

  @Test
  void aFullDiskUnderEveryExecutorIsSaid() {
    cluster.add(FULL_DISK);
    running = startTraining(OWN_LIBRARIES);
    assertThat(running.endsWithin(200)).as("%s", running.outcome()).isTrue();
    assertThat(stopped())
        .contains("ND4J cannot be loaded on this host")
        .contains("has the disk room");
  }

  @Test
  void speculativeExecution() throws IOException {
    addWorkers(2);
    // So eager that tasks are run twice all the time.
    running =
        startTraining(
            "spark.speculation=true",
            "spark.speculation.interval=10ms",
            "spark.speculation.multiplier=1",
            "spark.speculation.quantile=0.1",
            "spark.speculation.minTaskRuntime=1ms");
    assertEndsAsExpected();
    assertThat(driverLog()).contains("as speculatable");
  }

  @Test
  void dynamicAllocation() throws IOException {
    addWorkers(2);
    running =
        startTraining(
            "spark.executor.cores=1",
            "spark.dynamicAllocation.enabled=true",
            "spark.dynamicAllocation.shuffleTracking.enabled=true",
            "spark.dynamicAllocation.initialExecutors=0",
            "spark.dynamicAllocation.executorIdleTimeout=2s");
    assertEndsAsExpected();
    assertThat(driverLog()).contains("(new total is 2)");
  }

  private void addWorkers(int number) {
    for (int i = 0; i < number; i++) {
      cluster.add(Worker.PLAIN);
    }
  }

  private Running startTraining(String... settings) {
    return Programs.startSparkSubmit(
        folder, new Spark(cluster.options(settings)), Job.train(hdfs.uri("/set"), run));
  }

  private String driverLog() throws IOException {
    try (InputStream log = files.open(new Path(run, "driver.log"))) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What the driver said when it stopped, which must be how to go on. */
  private String stopped() {
    Outcome stopped = running.outcome();
    assertThat(stopped.status()).as("%s", stopped).isEqualTo(1);
    assertThat(stopped.err()).contains("train --resume --out " + run).doesNotContain("\tat ");
    return stopped.err();
  }

  private void assertGoesOnAsExpected() throws IOException {
    Outcome resumed = Job.succeed(folder, new Spark(cluster.options()), Job.resume(run));
    assertThat(resumed.out()).contains("going on after round ");
    assertThat(Job.result(files, run)).isEqualTo(expected);
  }

  private void assertEndsAsExpected() throws IOException {
    assertThat(running.endsWithin(300)).as("%s", running.outcome()).isTrue();
    assertThat(running.outcome().status()).as("%s", running.outcome()).isZero();
    assertThat(Job.result(files, run)).isEqualTo(expected);
  }
}
