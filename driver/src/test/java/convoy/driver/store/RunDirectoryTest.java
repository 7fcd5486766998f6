package convoy.driver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
  private static final RunRecord RECORD =
      new RunRecord(
          1,
          "id",
          "2026-01-01T00:00:00Z",
          Map.of("epochs", 3),
          new RunRecord.Dataset("toy", "file:/toy", "00", 1, 28, 28, List.of("a", "b")),
          Map.of("confs", List.of()),
          Map.of("java", "17"),
          new RunRecord.Cluster("local[2]", "app", 2, List.of(), "onednn", "host"));

  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;

  @Test
  void keepsWhatARunWrites() throws IOException {
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
      run.addMetrics(Map.of("epoch", 1));
      run.addMetrics(Map.of("epoch", 2));
      run.saveEvaluation(Map.of("accuracy", 0.5), "");
      run.saveReport("<html>", "");
      run.finish();
    }
    assertThat(names("run"))
        .containsExactlyInAnyOrder(
            "run.json", "metrics.jsonl", "evaluation.json", "report.html", "_SUCCESS");
    assertThat(folder.resolve("run/metrics.jsonl")).hasContent("{\"epoch\":1}\n{\"epoch\":2}\n");
    assertThat(folder.resolve("run/run.json")).content().contains("\"schema\" : 1");
  }

  @Test
  void readsItsDescriptionBack() throws IOException {
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
      assertThat(run.description()).isEqualTo(RECORD);
    }
  }

  @Test
  void refusesADirectoryThatHoldsAFinishedRun() throws IOException {
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
      run.finish();
    }
    assertThatThrownBy(() -> create("run"))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--out file:%s/run: holds a finished run. Choose another directory, or remove it.",
            folder);
  }

  @Test
  void refusesADirectoryThatHoldsAnUnfinishedRun() throws IOException {
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
    }
    assertThatThrownBy(() -> create("run"))
        .isInstanceOf(CommandLineException.class)
        .hasMessageContaining("holds an unfinished run");
  }

  @Test
  void refusesADirectoryWithOtherFiles() throws IOException {
    java.nio.file.Files.writeString(folder.resolve("thesis.tex"), "precious");
    assertThatThrownBy(() -> create(""))
        .isInstanceOf(CommandLineException.class)
        .hasMessageContaining("is not empty. Choose a directory that is empty or not there yet.");
    assertThat(folder.resolve("thesis.tex")).hasContent("precious");
  }

  @Test
  void refusesAPlaceThatCannotBeWrittenTo() throws IOException {
    java.nio.file.Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> create("file/run"))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--out file:%s/file/run: cannot be written to: ", folder);
  }

  @Test
  void removesADirectoryWhoseRunWasRefused() throws IOException {
    create("run").close();
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void opensFinishedRunsOnly() throws IOException {
    assertThatThrownBy(() -> RunDirectory.open(files, "--run", path("none")))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--run ")
        .hasMessageContaining("/none: holds no run (no run.json in it).");
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
    }
    assertThatThrownBy(() -> RunDirectory.open(files, "--candidate", path("run")))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--candidate ")
        .hasMessageContaining("/run: the run has not finished (no model.zip in it).");
  }

  @Test
  void namesADamagedModelAndADamagedDescription() throws IOException {
    try (RunDirectory run = create("run")) {
      run.describe(RECORD);
    }
    java.nio.file.Files.writeString(folder.resolve("run/model.zip"), "not a zip");
    java.nio.file.Files.writeString(folder.resolve("run/run.json"), "{");
    RunDirectory run = RunDirectory.open(files, "--run", path("run"));
    assertThatThrownBy(run::model)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("/run/model.zip");
    assertThatThrownBy(run::description)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("/run/run.json: not the JSON it should be");
  }

  private RunDirectory create(String name) throws IOException {
    return RunDirectory.create(files, path(name));
  }

  private org.apache.hadoop.fs.Path path(String name) throws IOException {
    return files.resolve(folder.resolve(name).toString());
  }

  private List<String> names(String name) throws IOException {
    try (Stream<Path> entries = java.nio.file.Files.list(folder.resolve(name))) {
      return entries.map(p -> p.getFileName().toString()).toList();
    }
  }
}
