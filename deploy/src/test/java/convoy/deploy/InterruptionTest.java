package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that die or are stopped, and what a resumed run ends in. */
final class InterruptionTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");
  private static final List<String> TIMES =
      List.of(
          "imagesPerSecond",
          "seconds",
          "computeSeconds",
          "averagingSeconds",
          "waitingSeconds",
          "validationSeconds");

  @TempDir private static Path folder;
  private static Path whole;

  @BeforeAll
  static void trainWithoutInterruption() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    succeed("prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    whole = folder.resolve("whole");
    succeed(train("whole", "1m"));
  }

  @Test
  void theBestEpochIsEvaluatedBesideTheLast() throws IOException {
    assertThat(whole.resolve("evaluation.json")).exists();
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
      String before = newest(run);
      Running running = Programs.startSparkSubmit(folder, LOCAL, resume(run, "1"));
      if (kill % 5 == 1) {
        // Anywhere while it starts.
        pause(random.nextInt(4_000));
      } else {
        waitForCheckpointAfter(run, before, running);
        pause(random.nextInt(300));
      }
      assertThat(running.process().isAlive()).as("%s", running.outcome()).isTrue();
      running.process().destroyForcibly();
      assertThat(running.endsWithin(30)).isTrue();
      midway += newest(run).compareTo(before) > 0 ? 1 : 0;
      assertThat(folder.resolve(run).resolve("_SUCCESS")).doesNotExist();
    }
    assertThat(midway).isGreaterThanOrEqualTo(kills - kills / 5 - 1);
    Outcome last = succeed(resume(run, "1"));
    assertThat(last.out()).contains("going on after round ");
    assertSame(folder.resolve(run));
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
    assertThat(Integer.parseInt(newest("diverging"))).isEqualTo(before);
  }

  @Test
  void ctrlCWritesACheckpointAndExits130() throws Exception {
    Running running = Programs.startSparkSubmit(folder, LOCAL, train("stopped", "5"));
    waitForCheckpointAfter("stopped", "00000012", running);
    new ProcessBuilder("kill", "-INT", Long.toString(running.process().pid())).start().waitFor();
    assertThat(running.endsWithin(30)).isTrue();
    Outcome outcome = running.outcome();
    assertThat(outcome.status()).isEqualTo(130);
    assertThat(outcome.out())
        .containsPattern("Interrupted after round \\d+\\. Go on by: train --resume --out file:.*");
    assertThat(outcome.err()).doesNotContain("\tat ");
    assertThat(outcome.out()).contains("round " + Integer.parseInt(newest("stopped")) + ".");

    Outcome refused = Programs.sparkSubmit(folder, LOCAL, train("stopped", "5"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("holds an unfinished run. Go on with it by --resume");

    Path newest = folder.resolve("stopped/checkpoints").resolve(newest("stopped"));
    byte[] bytes = Files.readAllBytes(newest.resolve("parameters.bin"));
    bytes[1_000] ^= 1;
    Files.write(newest.resolve("parameters.bin"), bytes);
    Outcome resumed = succeed("train", "--resume", "--out", "stopped");
    assertThat(resumed.out())
        .contains("checkpoint " + newest.getFileName() + " is damaged (parameters.bin is not")
        .contains("going on after round ");
    assertSame(folder.resolve("stopped"));
  }

  /** Two executors, each a process of its own, of which one is killed, and later the other. */
  @Test
  @Tag("cluster")
  void executorsKilledInMidRoundChangeNothing() throws IOException {
    Running running =
        Programs.startSparkSubmit(
            folder,
            List.of("--master", "local-cluster[2,1,1024]", "--conf", "spark.ui.enabled=false"),
            train("executors", "5"));
    String seen = "";
    Set<Long> killed = new HashSet<>();
    for (int kill = 0; kill < 2; kill++) {
      waitForCheckpointAfter("executors", seen, running);
      seen = newest("executors");
      ProcessHandle executor =
          running
              .process()
              .descendants()
              .filter(InterruptionTest::isExecutor)
              .filter(process -> !killed.contains(process.pid()))
              .min(Comparator.comparing(ProcessHandle::pid))
              .orElseThrow();
      assertThat(executor.destroyForcibly()).isTrue();
      killed.add(executor.pid());
    }
    assertThat(running.endsWithin(300)).as("%s", running.outcome()).isTrue();
    assertThat(running.outcome().status()).as("%s", running.outcome()).isZero();
    assertThat(Files.readString(folder.resolve("executors/driver.log"))).contains("Lost executor");
    assertSame(folder.resolve("executors"));
  }

  private static boolean isExecutor(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
        .isPresent();
  }

  private static void assertSame(Path run) throws IOException {
    for (String model : List.of("model.zip", "best.zip")) {
      for (String entry : List.of("coefficients.bin", "updaterState.bin")) {
        assertThat(entry(run, model, entry)).isEqualTo(entry(whole, model, entry));
      }
    }
    assertThat(metrics(run)).isEqualTo(metrics(whole)).hasSize(6);
    assertThat(run.resolve("_SUCCESS")).exists();
    try (Stream<Path> left = Files.list(run.resolve("checkpoints"))) {
      assertThat(left).hasSizeLessThanOrEqualTo(3);
    }
  }

  private static byte[] entry(Path run, String model, String name) throws IOException {
    try (ZipFile zip = new ZipFile(run.resolve(model).toFile());
        InputStream in = zip.getInputStream(zip.getEntry(name))) {
      return in.readAllBytes();
    }
  }

  private static List<ObjectNode> metrics(Path run) throws IOException {
    List<ObjectNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      lines.add(((ObjectNode) new ObjectMapper().readTree(line)).without(TIMES));
    }
    return lines;
  }

  private static void waitForCheckpointAfter(String run, String before, Running running)
      throws IOException {
    long until = System.nanoTime() + 300_000_000_000L;
    while (newest(run).compareTo(before) <= 0) {
      assertThat(System.nanoTime() < until && running.process().isAlive())
          .as("%s", running.outcome())
          .isTrue();
      pause(5);
    }
  }

  /** The newest checkpoint's name; empty if there is none. */
  private static String newest(String run) throws IOException {
    Path checkpoints = folder.resolve(run).resolve("checkpoints");
    if (!Files.exists(checkpoints)) {
      return "";
    }
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries
          .map(e -> e.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .reduce("", (first, second) -> second);
    }
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

  private static void pause(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
