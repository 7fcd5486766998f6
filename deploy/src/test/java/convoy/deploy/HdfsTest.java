package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job with {@code hdfs:} paths: a name node and a data node here, Spark's submit class in
 * its own process.
 */
final class HdfsTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");

  /** A client that does not wait long for a name node that is away. */
  private static final List<String> QUICK_RETRIES =
      List.of(
          "--master",
          "local[2]",
          "--conf",
          "spark.ui.enabled=false",
          "--conf",
          "spark.hadoop.ipc.client.connect.max.retries=2");

  /** Two executors, each a process of its own. */
  private static final List<String> EXECUTORS =
      List.of("--master", "local-cluster[2,1,1024]", "--conf", "spark.ui.enabled=false");

  @TempDir private static java.nio.file.Path folder;
  private static MiniDFSCluster hdfs;
  private static FileSystem files;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("hdfs.minidfs.basedir", folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitActive();
    files = hdfs.getFileSystem();
    java.nio.file.Path raw = ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    files.copyFromLocalFile(new Path(raw.toUri()), new Path("/raw"));
  }

  @AfterAll
  static void stop() {
    hdfs.shutdown();
  }

  @Test
  void preparesTrainsAndEvaluatesWithTheSameResultAsOnLocalFiles() throws IOException {
    succeed(LOCAL, "prepare", "--dataset", "idx", "--from", uri("/raw"), "--out", uri("/sets/toy"));
    assertThat(names("/sets/toy")).contains("dataset.json", "train", "test").hasSize(3);
    assertThat(names("/sets")).containsExactly("toy");

    Outcome trained = train(LOCAL, uri("/runs/one"));
    assertThat(trained.out()).contains("run in " + uri("/runs/one"));
    assertThat(names("/runs/one"))
        .containsExactlyInAnyOrder(
            "run.json",
            "metrics.jsonl",
            "checkpoints",
            "model.zip",
            "evaluation.json",
            "driver.log",
            "_SUCCESS");
    JsonNode evaluation = json("/runs/one/evaluation.json");
    assertThat(evaluation.get("count").asInt()).isEqualTo(250);
    assertThat(evaluation.get("accuracy").asDouble()).isGreaterThan(0.95);

    train(LOCAL, folder.resolve("run").toUri().toString());
    try (InputStream remote = files.open(new Path("/runs/one/model.zip"));
        InputStream local = Files.newInputStream(folder.resolve("run/model.zip"))) {
      assertThat(parameters(remote)).isEqualTo(parameters(local));
    }

    train(EXECUTORS, uri("/runs/two"));
    try (InputStream executors = files.open(new Path("/runs/two/model.zip"));
        InputStream local = Files.newInputStream(folder.resolve("run/model.zip"))) {
      assertThat(parameters(executors)).isEqualTo(parameters(local));
    }
    assertThat(json("/runs/two/run.json").at("/cluster/master").asText()).contains("cluster");

    succeed(LOCAL, "evaluate", "--run", uri("/runs/one"), "--batch-size", "100");
    JsonNode again = json("/runs/one/evaluation.json");
    assertThat(again.get("correct")).isEqualTo(evaluation.get("correct"));
    assertThat(again.get("confusion")).isEqualTo(evaluation.get("confusion"));
    assertThat(again.get("batches")).hasSize(3);
  }

  @Test
  @Tag("cluster")
  void goesOnAfterAFullDiskAndALostNameNode() throws Exception {
    succeed(LOCAL, "prepare", "--dataset", "idx", "--from", uri("/raw"), "--out", uri("/sets/f"));
    String[] full = train(uri("/sets/f"), uri("/runs/full"));
    String[] whole = train(uri("/sets/f"), uri("/runs/whole"));
    succeed(LOCAL, whole);

    // Room for two checkpoints, but not for three: while a block is written it counts in full, and
    // three times as everything does.
    files.mkdirs(new Path("/runs/full"));
    long room = 3 * (files.getDefaultBlockSize(new Path("/")) + (2 << 20));
    hdfs.getFileSystem().setQuota(new Path("/runs/full"), HdfsConstants.QUOTA_DONT_SET, room);
    Outcome noSpace = Programs.sparkSubmit(folder, QUICK_RETRIES, full);
    assertThat(noSpace.status()).as("%s%n%s", noSpace.out(), noSpace.err()).isEqualTo(1);
    assertThat(noSpace.err())
        .contains("DSQuotaExceededException: The DiskSpace quota of /runs/full is exceeded")
        .contains("train --resume --out " + uri("/runs/full"))
        .doesNotContain("\tat ");
    hdfs.getFileSystem()
        .setQuota(new Path("/runs/full"), HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);

    String[] resumed = {"train", "--resume", "--out", uri("/runs/full")};
    Running running = Programs.startSparkSubmit(folder, QUICK_RETRIES, resumed);
    Path checkpoints = new Path("/runs/full/checkpoints");
    int before = files.exists(checkpoints) ? newest(checkpoints) : 0;
    while (!files.exists(checkpoints) || newest(checkpoints) <= before) {
      assertThat(running.process().isAlive()).as("%s", running.outcome()).isTrue();
      Thread.sleep(5);
    }
    hdfs.shutdownNameNode(0);
    assertThat(running.endsWithin(200)).as("%s", running.outcome()).isTrue();
    Outcome lost = running.outcome();
    assertThat(lost.status()).as("%s%n%s", lost.out(), lost.err()).isEqualTo(1);
    assertThat(lost.err())
        // What its client says depends on what it was about.
        .containsPattern("(Connect|EOF|Socket)\\w*Exception: .*localhost")
        .contains("train --resume --out " + uri("/runs/full"))
        .doesNotContain("\tat ");
    hdfs.restartNameNode(0);
    hdfs.waitActive();

    Outcome last = succeed(LOCAL, resumed);
    assertThat(last.out()).contains("going on after round ");
    try (InputStream one = files.open(new Path("/runs/full/model.zip"));
        InputStream other = files.open(new Path("/runs/whole/model.zip"))) {
      assertThat(parameters(one)).isEqualTo(parameters(other));
    }
  }

  private static int newest(Path checkpoints) throws IOException {
    return names(checkpoints.toString()).stream()
        .filter(name -> !name.startsWith("."))
        .mapToInt(Integer::parseInt)
        .max()
        .orElse(0);
  }

  /** Long enough to be lost in the middle. */
  private static String[] train(String data, String run) {
    return new String[] {
      "train",
      "--data",
      data,
      "--model",
      "lenet5",
      "--epochs",
      "3",
      "--workers",
      "2",
      "--batch-size",
      "16",
      "--averaging-frequency",
      "1",
      "--validation",
      "200",
      "--checkpoint-every",
      "3",
      "--out",
      run
    };
  }

  private static Outcome train(List<String> options, String run) {
    return succeed(
        options,
        "train",
        "--data",
        uri("/sets/toy"),
        "--model",
        "lenet5",
        "--epochs",
        "2",
        "--workers",
        "3",
        "--batch-size",
        "32",
        "--validation",
        "200",
        "--out",
        run);
  }

  private static Outcome succeed(List<String> options, String... arguments) {
    Outcome outcome = Programs.sparkSubmit(folder, options, arguments);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
    return outcome;
  }

  private static String uri(String path) {
    return files.getUri() + path;
  }

  private static List<String> names(String path) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : files.listStatus(new Path(path))) {
      names.add(status.getPath().getName());
    }
    return names;
  }

  private static JsonNode json(String path) throws IOException {
    try (InputStream in = files.open(new Path(path))) {
      return new ObjectMapper().readTree(in.readAllBytes());
    }
  }

  private static byte[] parameters(InputStream model) throws IOException {
    ZipInputStream zip = new ZipInputStream(model);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().equals("coefficients.bin")) {
        return zip.readAllBytes();
      }
    }
    throw new AssertionError("no coefficients.bin in the model");
  }
}
