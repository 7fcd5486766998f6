package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job with {@code hdfs:} paths: a name node and a data node here, Spark's submit class in
 * its own process.
 */
final class HdfsTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");

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
