package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.data.RawDataset;
import convoy.deploy.Programs.Outcome;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command of the README, on real MNIST from the product's own sources. */
final class MnistTest {
  @TempDir private static Path folder;
  private static RawDataset mnist;
  private static Outcome outcome;

  @BeforeAll
  static void train() {
    mnist = RealMnist.fetched();
    outcome =
        Programs.convoy(
            folder,
            "train",
            "--data",
            "mnist",
            "--model",
            "lenet5",
            "--epochs",
            "3",
            "--workers",
            "2",
            "--out",
            "run");
  }

  @Test
  void reachesTheAccuracyOfTheReadmeInThreeEpochs() throws IOException {
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
    assertThat(evaluation().get("accuracy").asDouble()).isGreaterThanOrEqualTo(0.985);
    assertThat(evaluation().get("count").asInt()).isEqualTo(10_000);
    assertThat(evaluation().get("batches")).hasSize(10);
    assertThat(folder.resolve("run/_SUCCESS")).exists();
  }

  @Test
  void showsSettingsEpochsAndResultAndNothingElse() {
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .doesNotContain("\r")
        .doesNotContain("INFO")
        .contains("data                 mnist: 60,000 training and 10,000 test images of 28x28x1")
        .containsPattern("\\* epochs +3  \\(default 30\\)")
        .containsPattern("  optimizer +adam\n")
        .containsPattern("epoch +loss +train acc +valid acc +images/s +seconds\n +1 +0\\.")
        .containsPattern("test accuracy 0\\.9\\d{3} \\(9,\\d{3} of 10,000\\), loss 0\\.")
        .containsPattern("\\d seconds; run in file:.*/run\n$");
  }

  @Test
  void keepsTheLogsInTheRun() {
    assertThat(folder.resolve("run/driver.log")).content().contains("SparkContext");
  }

  @Test
  void evaluatesAgainToTheLastImage() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String file : List.of("run.json", "model.zip")) {
      Files.copy(folder.resolve("run").resolve(file), copy.resolve(file));
    }
    Outcome again = Programs.convoy(folder, "evaluate", "--run", "copy", "--batch-size", "999");
    assertThat(again.status()).as(again.err()).isZero();
    JsonNode repeated = new ObjectMapper().readTree(copy.resolve("evaluation.json").toFile());
    assertThat(repeated.get("batches")).hasSize(11);
    assertThat(repeated.get("confusion")).isEqualTo(evaluation().get("confusion"));
  }

  @Test
  void plainDl4jLoadsTheModelAndGetsTheSameAccuracyToTheLastImage() throws IOException {
    Path images = folder.resolve("test-images");
    ByteBuffer records = ByteBuffer.allocate(mnist.test().size() * 785);
    for (int i = 0; i < mnist.test().size(); i++) {
      records.put((byte) mnist.test().label(i)).put(mnist.test().pixels(), i * 784, 784);
    }
    Files.write(images, records.array());
    Outcome plain =
        Programs.java(
            folder,
            plainDl4j(),
            PlainDl4j.class.getName(),
            folder.resolve("run/model.zip").toString(),
            images.toString());
    assertThat(plain.status()).as(plain.err()).isZero();
    assertThat(plain.out().strip())
        .isEqualTo(evaluation().get("correct").asInt() + " [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]");
  }

  /** DL4J's jars and the folder of this test, without Convoy. */
  private static String plainDl4j() {
    String ours = Path.of("target", "test-classes").toAbsolutePath().toString();
    return Stream.concat(
            Stream.of(ours),
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar") && !entry.contains("convoy-")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static JsonNode evaluation() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("run/evaluation.json").toFile());
  }
}
