package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on YARN and HDFS that ask for Kerberos tickets and encrypt what they send: it ends
 * in the bytes of {@code local[*]} on local files, and outlives its delegation tokens.
 */
@Tag("cluster")
final class KerberosTest {
  private static final Spark LOCAL =
      new Spark(List.of("--master", "local[*]", "--conf", "spark.ui.enabled=false"));

  /** Longer than a delegation token lasts. */
  private static final Duration LONG = Duration.ofSeconds(75);

  @TempDir private Path folder;

  @Test
  void aKeytabIsEnoughHoweverLongTheRunAndWithoutATicketThereIsNothing() throws IOException {
    Path raw = ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    Job.succeed(folder, LOCAL, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    Job.succeed(folder, LOCAL, train("set", "run"));
    FileSystem local = FileSystem.getLocal(new Configuration());
    Map<String, Object> expected = Job.result(local, folder.resolve("run").toString());

    Optional<Kerberos> kerberos = Optional.of(Kerberos.start(folder.resolve("kerberos")));
    try (Kerberos tickets = kerberos.get();
        HdfsCluster hdfs = HdfsCluster.start(folder.resolve("hdfs"), 2, kerberos);
        YarnCluster yarn = YarnCluster.start(folder.resolve("yarn"), hdfs, 2, kerberos)) {
      for (String home : List.of("/user/convoy", "/convoy")) {
        hdfs.shell("hdfs/localhost", "-mkdir", "-p", home);
        hdfs.shell("hdfs/localhost", "-chown", Kerberos.USER, home);
      }
      hdfs.shell(Kerberos.USER, "-put", raw.toString(), "/convoy/raw");
      String set = hdfs.uri("/convoy/set");
      String run = hdfs.uri("/convoy/run");
      succeed(
          yarn.inCluster(
              "prepare", "--dataset", "idx", "--from", hdfs.uri("/convoy/raw"), "--out", set));

      Instant begin = Instant.now();
      Running killed = Programs.startSparkSubmit(folder, yarn.client(), train(set, run));
      assertThat(killed.endsWithin((int) LONG.toSeconds())).as("%s", killed.outcome()).isFalse();
      killed.process().destroyForcibly();
      assertThat(killed.endsWithin(30)).isTrue();
      assertThat(killed.outcome().out()).contains("epoch");
      succeed(yarn.inCluster(Job.resume(run)));
      assertThat(Duration.between(begin, Instant.now())).isGreaterThan(LONG.multipliedBy(2));
      succeed(yarn.inCluster("evaluate", "--run", run));

      hdfs.shell(Kerberos.USER, "-get", "/convoy/run", folder.resolve("back").toString());
      assertThat(Job.result(local, folder.resolve("back").toString())).isEqualTo(expected);
      assertRefused(hdfs.uri("/convoy/run"), tickets, hdfs.conf());
    }
  }

  /** One that knows of Kerberos but has no ticket, and one that does not. */
  private void assertRefused(String run, Kerberos tickets, Path conf) throws IOException {
    Spark stranger = new Spark(LOCAL.options(), Optional.of(conf), List.of(tickets.javaOption()));
    for (Spark spark : List.of(stranger, LOCAL)) {
      Outcome refused = Programs.sparkSubmit(folder, spark, "evaluate", "--run", run);
      assertThat(refused.status()).as("%s", refused).isIn(1, 2);
      assertThat(refused.err()).contains("KERBEROS").doesNotContain("\tat ");
    }
    assertThat(Files.exists(folder.resolve("driver.log"))).isFalse();
  }

  private static void succeed(Outcome outcome) {
    assertThat(outcome.status()).as("%s", outcome).isZero();
  }

  /** The job of the other clusters, for longer. */
  private static String[] train(String data, String run) {
    String[] arguments = Job.train(data, run);
    arguments[List.of(arguments).indexOf("--epochs") + 1] = "150";
    return arguments;
  }
}
