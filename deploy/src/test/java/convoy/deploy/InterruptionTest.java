package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that die or are stopped, and what a resumed run ends in. */
final class InterruptionTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");

  @TempDir private static java.nio.file.Path folder;
  private static FileSystem files;
  private static Map<String, Object> expected;

  @BeforeAll
  static void trainWithoutInterruption() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    succeed("prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    succeed(train("whole", "1m"));
    files = FileSystem.getLocal(new Configuration());
    expected = Job.result(files, folder.resolve("whole").toString());
    assertThat(expected).containsKey("best.zip/coefficients.bin");
  }

  @Test
  void theBestEpochIsEvaluatedBesideTheLast() throws IOException {
    java.nio.file.Path whole = folder.resolve("whole");
    String last = Files.readString(whole.resolve("evaluation.json"));
    succeed("evaluate", "--run", "whole", "--best", "--test-time-augmentation", "mirror-shift");
    JsonNode best = new ObjectMapper().readTree(whole.resolve("evaluation-best.json").toFile());
    assertThat(best.get("testTimeAugmentation").asText()).isEqualTo("mirror-shift");
    assertThat(best.get("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(Files.readString(whole.resolve("evaluation.json"))).isEqualTo(last);
  }

  @Test
  void aDriverKilledThriceEndsInTheSameBytes() throws IOException {
    kill("killed", 3);
  }

  @Test
  @Tag("cluster")
  void aDriverKilledAgainAndAgainEndsInTheSameBytes() throws IOException {
    kill("killed-often", 20);
  }

  /** Kills a driver so many times, every fifth time while it starts, and lets it finish then. */
  private static void kill(String run, int kills) throws IOException {
    Random random = new Random(kills);
    int midway = 0;
    for (int kill = 0; kill < kills; kill++) {
      int before = newest(run);
      Running running = Programs.startSparkSubmit(folder, LOCAL, resume(run, "1"));
      if (kill % 5 == 1) {
        // Anywhere while it starts.
        Daemon.pause(random.nextInt(4_000));
      } else {
        Job.awaitCheckpoint(files, folder.resolve(run).toString(), before, running);
        Daemon.pause(random.nextInt(300));
      }
      assertThat(running.process().isAlive()).as("%s", running.outcome()).isTrue();
      running.process().destroyForcibly();
      assertThat(running.endsWithin(30)).isTrue();
      midway += newest(run) > before ? 1 : 0;
      assertThat(folder.resolve(run).resolve("_SUCCESS")).doesNotExist();
    }
    assertThat(midway).isGreaterThanOrEqualTo(kills - kills / 5 - 1);
    Outcome last = succeed(resume(run, "1"));
    assertThat(last.out()).contains("going on after round ");
    assertSame(run);
  }

  @Test
  void aRunThatDivergesNamesTheRoundAndKeepsWhatWasGood() throws IOException {
    List<String> arguments = new ArrayList<>(List.of(train("diverging", "1")));
    arguments.set(arguments.indexOf("lenet5"), "mlp");
    arguments.addAll(List.of("--optimizer", "sgd", "--learning-rate", "100"));
    Outcome diverged = Programs.sparkSubmit(folder, LOCAL, arguments.toArray(String[]::new));
    assertThat(diverged.status()).as("%s", diverged).isEqualTo(1);
    Matcher message =
        Pattern.compile("epoch 1, round (\\d+): .*has diverged: lower --learning-rate")
            .matcher(diverged.err());
    assertThat(message.find()).as(diverged.err()).isTrue();
    assertThat(diverged.err()).doesNotContain("\tat ").doesNotContain("--resume");
    int before = Integer.parseInt(message.group(1)) - 1;
    assertThat(before).isPositive();
    assertThat(newest("diverging")).isEqualTo(before);
  }

  @Test
  void ctrlCWritesACheckpointAndExits130() throws IOException {
    Running running = Programs.startSparkSubmit(folder, LOCAL, train("stopped", "5"));
    Job.awaitCheckpoint(files, folder.resolve("stopped").toString(), 12, running);
    Daemon.signal("INT", running.process().pid());
    assertThat(running.endsWithin(30)).isTrue();
    Outcome outcome = running.outcome();
    assertThat(outcome.status()).isEqualTo(130);
    assertThat(outcome.out())
        .containsPattern("Interrupted after round \\d+\\. Go on by: train --resume --out file:.*");
    assertThat(outcome.err()).doesNotContain("\tat ");
    assertThat(outcome.out()).contains("round " + newest("stopped") + ".");

    Outcome refused = Programs.sparkSubmit(folder, LOCAL, train("stopped", "5"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("holds an unfinished run. Go on with it by --resume");

    java.nio.file.Path newest =
        folder.resolve("stopped/checkpoints/%08d".formatted(newest("stopped")));
    byte[] bytes = Files.readAllBytes(newest.resolve("parameters.bin"));
    bytes[1_000] ^= 1;
    Files.write(newest.resolve("parameters.bin"), bytes);
    Outcome resumed = succeed("train", "--resume", "--out", "stopped");
    assertThat(resumed.out())
        .contains("checkpoint " + newest.getFileName() + " is damaged (parameters.bin is not")
        .contains("going on after round ");
    assertSame("stopped");
  }

  private static void assertSame(String run) throws IOException {
    String path = folder.resolve(run).toString();
    assertThat(Job.result(files, path)).isEqualTo(expected);
    assertThat(files.listStatus(new Path(path, "checkpoints"))).hasSizeLessThanOrEqualTo(3);
  }

  private static int newest(String run) throws IOException {
    return Job.newestCheckpoint(files, folder.resolve(run).toString());
  }

  private static String[] train(String run, String checkpointEvery) {
    return new String[] {
      "train",
      "--data",
      "set",
      "--model",
      "lenet5",
      "--epochs",
      "6",
      "--workers",
      "2",
      "--batch-size",
      "8",
      "--averaging-frequency",
      "1",
      "--validation",
      "200",
      "--rotation",
      "10",
      "--schedule",
      "cosine",
      "--outer-momentum",
      "0.3",
      "--moving-average",
      "0.9",
      "--early-stopping",
      "loss",
      "--checkpoint-every",
      checkpointEvery,
      "--out",
      run
    };
  }

  private static String[] resume(String run, String checkpointEvery) {
    String[] train = train(run, checkpointEvery);
    String[] arguments = Arrays.copyOf(train, train.length + 1);
    arguments[train.length] = "--resume";
    return arguments;
  }

  private static Outcome succeed(String... arguments) {
    Outcome outcome = Programs.sparkSubmit(folder, LOCAL, arguments);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
    return outcome;
  }
}
