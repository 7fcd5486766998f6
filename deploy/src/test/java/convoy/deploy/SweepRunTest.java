package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps as users run them, and what becomes of them when their driver dies. */
final class SweepRunTest {
  private static final Spark LOCAL =
      new Spark(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));

  @TempDir private static Path folder;
  private static FileSystem files;
  private static Outcome whole;

  @BeforeAll
  static void sweepWithoutInterruption() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 1_203, 250);
    Job.succeed(folder, LOCAL, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    Sweeps.specification(folder.resolve("sweep.yaml"), "set");
    whole = Job.succeed(folder, LOCAL, "sweep", "--spec", "sweep.yaml", "--out", "whole");
    files = FileSystem.getLocal(new Configuration());
  }

  @Test
  void leavesRunsAPageAndTables() throws IOException {
    assertThat(whole.out())
        .containsPattern("trial +epochs +valid loss +valid acc +seconds +outcome +settings")
        .containsPattern("\\n +3 +3 .* finished +learning-rate ")
        .containsPattern("best trial \\d: learning-rate ")
        .containsPattern("test accuracy [01]\\.\\d{4} \\(\\d+ of 250\\), loss ")
        .containsPattern(
            "train it again: train --data set --model lenet5 --epochs 3 --validation 200 --batch-size 16 --learning-rate \\S+ --optimizer (sgd|adam --rotation \\S+) --workers 1 --seed 1\n");
    for (String name :
        List.of("sweep.yaml", "sweep.jsonl", "sweep.json", "sweep.html", "driver.log")) {
      assertThat(folder.resolve("whole").resolve(name)).isNotEmptyFile();
    }
    assertThat(folder.resolve("whole/_SUCCESS")).exists();
    List<String> rows = Files.readAllLines(folder.resolve("whole/trials.csv"));
    assertThat(rows).hasSize(1 + Sweeps.TRIALS);
    assertThat(rows.get(0)).startsWith("trial,directory,state,reason,score,accuracy,loss,epochs,");
    try (var parts = Files.list(folder.resolve("whole/trials.parquet"))) {
      assertThat(parts.map(part -> part.getFileName().toString()))
          .anyMatch(name -> name.endsWith(".parquet"));
    }
  }

  @Test
  void everyTrialIsARunThatEvaluateAndCompareTake() throws IOException {
    Job.succeed(folder, LOCAL, "evaluate", "--run", "whole/trials/0001");
    String[] compare = {
      "compare", "--baseline", "whole/trials/0002", "--candidate", "whole/repeats/" + aRepeat()
    };
    assertThat(Job.succeed(folder, LOCAL, compare).out()).contains("accuracy");
  }

  private static String aRepeat() throws IOException {
    try (var repeats = Files.list(folder.resolve("whole/repeats"))) {
      return repeats.findFirst().orElseThrow().getFileName().toString();
    }
  }

  @Test
  void theCommandThatIsShownTrainsTheBestNetworkAgain() throws IOException {
    JsonNode result = new ObjectMapper().readTree(folder.resolve("whole/sweep.json").toFile());
    List<String> command = new ArrayList<>(List.of(result.get("command").asText().split(" ")));
    command.addAll(List.of("--out", "again"));
    Job.succeed(folder, LOCAL, command.toArray(String[]::new));
    String best = "whole/trials/%04d".formatted(result.at("/finalists/0/number").asInt());
    assertThat(Sweeps.model(files, folder.resolve("again").toString()))
        .isEqualTo(Sweeps.model(files, folder.resolve(best).toString()));
    JsonNode again = new ObjectMapper().readTree(folder.resolve("again/evaluation.json").toFile());
    assertThat(again.get("confusion"))
        .isEqualTo(
            new ObjectMapper()
                .readTree(folder.resolve(best + "/evaluation.json").toFile())
                .get("confusion"));
    assertThat(again.get("loss")).isEqualTo(result.at("/test/loss"));
  }

  @Test
  void aDriverKilledAgainAndAgainEndsInTheSameTrials() throws IOException {
    Random random = new Random(1);
    Path journal = folder.resolve("killed/sweep.jsonl");
    int epochs = 0;
    for (int kill = 0; kill < 4; kill++) {
      int before = lines(journal);
      Running running =
          Programs.startSparkSubmit(
              folder, LOCAL, "sweep", "--resume", "--spec", "sweep.yaml", "--out", "killed");
      while (lines(journal) < before + 5 && running.process().isAlive()) {
        Daemon.pause(20);
      }
      Daemon.pause(random.nextInt(400));
      assertThat(running.process().isAlive()).as("%s", running.outcome()).isTrue();
      running.process().destroyForcibly();
      assertThat(running.endsWithin(30)).isTrue();
      assertThat(folder.resolve("killed/_SUCCESS")).doesNotExist();
      assertThat(epochs(journal)).isGreaterThanOrEqualTo(epochs);
      epochs = epochs(journal);
    }
    assertThat(epochs).isPositive();
    Outcome last = Job.succeed(folder, LOCAL, "sweep", "--resume", "--out", "killed");
    assertThat(last.out()).containsPattern("going on after \\d+ trials, \\d+ of them ended");
    assertThat(Sweeps.results(files, folder.resolve("killed").toString()))
        .isEqualTo(Sweeps.results(files, folder.resolve("whole").toString()));

    Outcome again = Job.succeed(folder, LOCAL, "sweep", "--resume", "--out", "killed");
    assertThat(again.out()).contains("is finished.");
  }

  @Test
  void ctrlCSaysHowToGoOn() throws IOException {
    Path journal = folder.resolve("stopped/sweep.jsonl");
    Running running =
        Programs.startSparkSubmit(
            folder, LOCAL, "sweep", "--spec", "sweep.yaml", "--out", "stopped");
    while (epochs(journal) < 2 && running.process().isAlive()) {
      Daemon.pause(20);
    }
    Daemon.signal("INT", running.process().pid());
    assertThat(running.endsWithin(30)).isTrue();
    Outcome outcome = running.outcome();
    assertThat(outcome.status()).as("%s", outcome).isEqualTo(130);
    assertThat(outcome.out())
        .containsPattern("Interrupted. Go on by: sweep --resume --out file:.*/stopped");
    assertThat(outcome.err()).doesNotContain("\tat convoy.");
    assertThat(Files.readString(journal)).doesNotContain("FAILED");

    Outcome refused =
        Programs.sparkSubmit(folder, LOCAL, "sweep", "--spec", "sweep.yaml", "--out", "stopped");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("holds an unfinished sweep. Go on with it by --resume");
    // The specification says `set`, which is nothing here.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Job.succeed(elsewhere, LOCAL, "sweep", "--resume", "--out", folder + "/stopped");
    assertThat(Sweeps.results(files, folder.resolve("stopped").toString()))
        .isEqualTo(Sweeps.results(files, folder.resolve("whole").toString()));
  }

  @Test
  void tellsAllMistakesOfASpecificationAtOnce() throws IOException {
    Files.writeString(
        folder.resolve("wrong.yaml"),
        """
        data: set
        model: lenet5
        train: {epochs: 2, workers: 2}
        search:
          learning-rate: {log: [1e-4, 200]}
          dropuot: {range: [0, 0.5]}
        budget: {trials: 4}
        """);
    Outcome refused =
        Programs.sparkSubmit(folder, LOCAL, "sweep", "--spec", "wrong.yaml", "--out", "wrong");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("wrong.yaml: 3 mistakes")
        .contains("line 3: train.workers: is --workers-per-trial of the command")
        .contains("line 5: search.learning-rate: must be above 0 and at most 100, got 200")
        .contains("line 6: search.dropuot: train has no such option. Did you mean dropout?");
    assertThat(folder.resolve("wrong")).doesNotExist();
  }

  private static int lines(Path journal) throws IOException {
    return Files.exists(journal) ? Files.readAllLines(journal).size() : 0;
  }

  private static int epochs(Path journal) throws IOException {
    return Files.exists(journal)
        ? (int) Files.readAllLines(journal).stream().filter(l -> l.contains("\"EPOCH\"")).count()
        : 0;
  }

  @Test
  void trialsOfTwoWorkersAreAveraged() throws IOException {
    String[] sweep = {"sweep", "--spec", "sweep.yaml", "--out", "two", "--workers-per-trial", "2"};
    assertThat(Job.succeed(folder, LOCAL, sweep).out()).contains("1 trial, each on 2 task slots");
    assertThat(Sweeps.results(files, folder.resolve("two").toString()))
        .containsKey("trials/%04d".formatted(Sweeps.TRIALS))
        .isNotEqualTo(Sweeps.results(files, folder.resolve("whole").toString()));
  }
}
