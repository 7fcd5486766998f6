package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.PredictedRows.Row;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on a standalone cluster of two workers that share nothing but an object store: it
 * ends in the bytes of {@code local[*]} on local files, and the store's keys stand nowhere.
 */
@Tag("cluster")
final class S3Test {
  private static final Spark LOCAL =
      new Spark(List.of("--master", "local[*]", "--conf", "spark.ui.enabled=false"));

  @TempDir private Path folder;

  @Test
  void anObjectStoreEndsInTheSameBytesAndHoldsNoKeys() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    Job.succeed(folder, LOCAL, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    Job.succeed(folder, LOCAL, Job.train("set", "run"));
    Job.succeed(folder, LOCAL, "predict", "--run", "run", "--images", "set", "--out", "labels");
    FileSystem files = FileSystem.getLocal(new Configuration());
    Map<String, Object> expected = Job.result(files, folder.resolve("run").toString());

    try (S3Server store = S3Server.start(folder.resolve("s3"));
        StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 2)) {
      List<String> options = new ArrayList<>(store.options());
      options.addAll(cluster.options("spark.executor.cores=1", "spark.logConf=true"));
      Spark spark = new Spark(options);
      String set = S3Server.uri("set");
      String run = S3Server.uri("run");
      String labels = S3Server.uri("labels");
      String place = store.bucket().resolve("run").toString();
      Job.succeed(folder, spark, "prepare", "--dataset", "idx", "--from", "raw", "--out", set);

      trainInTwoGoes(spark, set, run, files, place);
      assertThat(Job.result(files, place)).isEqualTo(expected);
      Job.succeed(folder, spark, "evaluate", "--run", run, "--batch-size", "100");
      assertThat(Job.result(files, place)).isEqualTo(expected);
      Job.succeed(folder, spark, "predict", "--run", run, "--images", set, "--out", labels);
      assertThat(labelled(store.bucket().resolve("labels")))
          .hasSize(1_453)
          .isEqualTo(labelled(folder.resolve("labels")));
      assertThat(names(store.bucket()))
          .contains("run/_SUCCESS", "run/driver.log", "run/report.html", "run/run.json")
          .noneMatch(name -> name.endsWith(".tmp"));
      assertThat(store.bucket().resolve("run/driver.log"))
          .content()
          .contains("spark.hadoop.fs.s3a.secret.key=***");
      assertNoKeys(store.bucket());
      assertNoKeys(folder.resolve("cluster"));
    }
  }

  /** The driver is killed in the second epoch, so that there are metrics to go on with. */
  private void trainInTwoGoes(Spark spark, String set, String run, FileSystem files, String place)
      throws IOException {
    Running killed = Programs.startSparkSubmit(folder, spark, Job.train(set, run));
    Job.awaitCheckpoint(files, place, 33, killed);
    killed.process().destroyForcibly();
    assertThat(killed.endsWithin(30)).isTrue();
    Outcome resumed = Job.succeed(folder, spark, Job.resume(run));
    assertThat(resumed.out()).containsPattern("going on after round \\d+");
    for (Outcome each : List.of(killed.outcome(), resumed)) {
      assertThat(each.out() + each.err()).doesNotContain(S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
    }
  }

  /** Each image's label, by where it is in its set. */
  private static Map<String, String> labelled(Path predicted) throws IOException {
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<String, Row> row : PredictedRows.in(predicted).entrySet()) {
      labels.put(row.getKey().replaceFirst(".*/set", ""), row.getValue().label());
    }
    return labels;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> folder.relativize(file).toString()).toList();
    }
  }

  private static void assertNoKeys(Path folder) throws IOException {
    for (String name : names(folder)) {
      Path file = folder.resolve(name);
      // Not the jars that executors have fetched.
      if (Files.isRegularFile(file) && !name.endsWith(".jar")) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
      }
    }
  }
}
