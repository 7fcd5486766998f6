package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The notebook, on a run on real MNIST. */
final class NotebookTest {
  @TempDir private static Path folder;

  @Test
  void runsFromTopToBottom() throws IOException {
    Installed.require("/usr/bin/jupyter-nbconvert");
    RealMnist.fetched();
    Outcome trained =
        Programs.convoy(
            folder,
            "train",
            "--data",
            "mnist",
            "--model",
            "lenet5",
            "--epochs",
            "1",
            "--out",
            "run");
    assertThat(trained.status()).as("%s%n%s", trained.out(), trained.err()).isZero();
    Outcome outcome =
        Programs.run(
            folder,
            Map.of("RUN", folder.resolve("run").toString()),
            List.of(
                "/usr/bin/jupyter-nbconvert",
                "--to",
                "html",
                "--execute",
                "--output-dir",
                folder.toString(),
                Programs.ROOT.resolve("notebooks/reading-a-run.ipynb").toString()));
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
    assertThat(Files.readString(folder.resolve("reading-a-run.html")))
        .contains(" of 10000 right: ")
        // Loss and accuracy, the confusion matrix, confidence, mistakes.
        .contains("data:image/png;base64,")
        .doesNotContain("Traceback");
  }
}
