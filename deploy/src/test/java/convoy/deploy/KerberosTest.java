package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

      Running killed = Programs.startSparkSubmit(folder, yarn.client(), train(set, run));
      while (!killed.outcome().out().contains("epoch")) {
        assertThat(killed.process().isAlive()).as("%s", killed.outcome()).isTrue();
        Daemon.pause(100);
      }
      // Some epochs, with their checkpoints.
      Daemon.pause(15_000);
      killed.process().destroyForcibly();
      assertThat(killed.endsWithin(30)).isTrue();
      Instant begin = Instant.now();
      succeed(yarn.inCluster(Job.resume(run)));
      assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Kerberos.TOKEN_LIFETIME);
      succeed(yarn.inCluster("evaluate", "--run", run));

      hdfs.shell(Kerberos.USER, "-get", "/convoy/run", folder.resolve("back").toString());
      assertThat(Job.result(local, folder.resolve("back").toString())).isEqualTo(expected);
      assertRefused(hdfs.uri("/convoy/run"), tickets, hdfs.conf());
    }
  }

  /**
   * One that knows of Kerberos but has no ticket, and one that does not; logs not on the screen.
   */
  private void assertRefused(String run, Kerberos tickets, Path conf) {
    String quiet =
        "-Dlog4j2.configurationFile=" + Programs.ROOT.resolve("deploy/conf/log4j2.properties");
    Spark stranger =
        new Spark(LOCAL.options(), Optional.of(conf), List.of(tickets.javaOption(), quiet));
    Spark unaware = new Spark(LOCAL.options(), Optional.empty(), List.of(quiet));
    for (Spark spark : List.of(stranger, unaware)) {
      Outcome refused = Programs.sparkSubmit(folder, spark, "evaluate", "--run", run);
      assertThat(refused.status()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err()).contains("KERBEROS").hasLineCount(1);
    }
  }

  private static void succeed(Outcome outcome) {
    assertThat(outcome.status()).as("%s", outcome).isZero();
  }

  /** The job of the other clusters, for longer, which ends in an evaluation on executors. */
  private static String[] train(String data, String run) {
    List<String> arguments = new ArrayList<>(List.of(Job.train(data, run)));
    arguments.set(arguments.indexOf("--epochs") + 1, "80");
    arguments.set(arguments.indexOf("--checkpoint-every") + 1, "50");
    return arguments.toArray(String[]::new);
  }
}
