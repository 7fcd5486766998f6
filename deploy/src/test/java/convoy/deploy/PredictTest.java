package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.PredictedRows.Row;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels for images of every kind, from a job as a user submits it, and from one that died. */
final class PredictTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");
  private static final int TEST = 250;

  @TempDir private static Path folder;
  private static byte[] idx;
  private static byte[] labels;

  @BeforeAll
  static void train() throws IOException {
    Path raw = ToyFiles.idx(folder.resolve("raw"), 603, TEST);
    idx = Files.readAllBytes(raw.resolve("t10k-images-idx3-ubyte"));
    labels = Files.readAllBytes(raw.resolve("t10k-labels-idx1-ubyte"));
    run(0, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    run(
        0,
        "train",
        "--data",
        "set",
        "--model",
        "lenet5",
        "--epochs",
        "2",
        "--workers",
        "2",
        "--batch-size",
        "16",
        "--validation",
        "100",
        "--out",
        "run");
  }

  @Test
  void labelsAPreparedSetAsAnEvaluationCounts() throws IOException {
    Outcome outcome = predict(0, "set", "of-set");
    assertThat(outcome.out())
        .containsPattern("853 images of file:.*/set in 2 parts")
        .containsPattern("labelled 853 images in [\\d.]+ seconds, \\d+ images/s; written to file:");
    run(0, "evaluate", "--run", "run", "--batch-size", "100");
    JsonNode evaluation = json("run/evaluation.json");
    JsonNode classes = evaluation.get("classes");
    Map<String, Row> rows = PredictedRows.in(folder.resolve("of-set"));
    assertThat(rows).hasSize(853);
    long[][] confusion = new long[classes.size()][classes.size()];
    for (int i = 0; i < TEST; i++) {
      String label = rows.get("file:%s/set/test#%d".formatted(folder, i)).label();
      confusion[labels[8 + i]][Integer.parseInt(label)]++;
    }
    long correct = 0;
    for (int actual = 0; actual < classes.size(); actual++) {
      for (int predicted = 0; predicted < classes.size(); predicted++) {
        assertThat(evaluation.get("confusion").get(actual).get(predicted).asLong())
            .isEqualTo(confusion[actual][predicted]);
      }
      correct += confusion[actual][actual];
    }
    assertThat(correct).isEqualTo(evaluation.get("correct").asLong()).isGreaterThan(100);

    JsonNode prediction = json("of-set/prediction.json");
    assertThat(prediction.at("/network/id")).isEqualTo(json("run/run.json").get("id"));
    assertThat(prediction.at("/images/kind").asText()).isEqualTo("prepared");
    assertThat(prediction.at("/images/count").asInt()).isEqualTo(853);
    assertThat(prediction.get("classes")).isEqualTo(classes);
    assertThat(prediction.at("/result/failed").asInt()).isZero();
    assertThat(prediction.at("/result/slots").asInt()).isEqualTo(2);
    assertThat(folder.resolve("of-set/_SUCCESS")).exists();
  }

  @Test
  void labelsIdxAndTheSamePicturesAlike() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("images.gz")))) {
      out.write(idx);
    }
    pictures(folder.resolve("pictures"));
    Files.writeString(folder.resolve("pictures/b/zero.jpg"), "damaged");
    predict(0, "raw/t10k-images-idx3-ubyte", "of-idx");
    predict(0, "images.gz", "of-gz");
    Outcome outcome = predict(0, "pictures", "of-pictures");
    assertThat(outcome.out())
        .contains("1 of 63 images could not be read: their label is null, their error says why");
    Map<String, Row> plain = PredictedRows.in(folder.resolve("of-idx"));
    Map<String, Row> packed = PredictedRows.in(folder.resolve("of-gz"));
    Map<String, Row> pictures = PredictedRows.in(folder.resolve("of-pictures"));
    assertThat(plain).hasSize(TEST).hasSameSizeAs(packed);
    assertThat(pictures).hasSize(63);
    for (int i = 0; i < TEST; i++) {
      String label =
          plain.get("file:%s/raw/t10k-images-idx3-ubyte#%d".formatted(folder, i)).label();
      assertThat(packed.get("file:%s/images.gz#%d".formatted(folder, i)).label()).isEqualTo(label);
      if (i < 60) {
        assertThat(pictures.get("file:%s/pictures/a/%d.png".formatted(folder, i)).label())
            .isEqualTo(label);
      }
    }
    for (int label = 0; label < 2; label++) {
      assertThat(pictures.get("file:%s/pictures/b/%d.JPG".formatted(folder, label)).label())
          .isEqualTo(Integer.toString(label));
    }
    assertThat(pictures.get("file:%s/pictures/b/zero.jpg".formatted(folder)))
        .extracting(Row::label, Row::error)
        .containsExactly(
            null, "zero.jpg: neither a PNG nor a JPEG file: it starts with 0x64616d61.");
    assertThat(json("of-pictures/prediction.json").at("/result/failed").asInt()).isEqualTo(1);
  }

  /** Sixty of the test images as they are, and a large JPEG of two classes. */
  private static void pictures(Path target) throws IOException {
    Files.createDirectories(target.resolve("a"));
    Files.createDirectories(target.resolve("b"));
    for (int i = 0; i < 60; i++) {
      ImageIO.write(image(i), "png", target.resolve("a/%d.png".formatted(i)).toFile());
    }
    for (int label = 0; label < 2; label++) {
      BufferedImage large = new BufferedImage(280, 280, BufferedImage.TYPE_3BYTE_BGR);
      for (int p = 0; p < 280 * 280; p++) {
        int x = p % 280;
        int y = p / 280;
        boolean bright = y < 80 && x >= 140 * label && x < 140 * label + 80;
        large.setRGB(x, y, bright ? 0xc8c8c8 : 0x323232);
      }
      ImageIO.write(large, "jpeg", target.resolve("b/%d.JPG".formatted(label)).toFile());
    }
  }

  private static BufferedImage image(int index) {
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (int p = 0; p < 784; p++) {
      image.getRaster().setSample(p % 28, p / 28, 0, idx[16 + index * 784 + p] & 0xff);
    }
    return image;
  }

  @Test
  void aJobKilledAgainAndAgainEndsInTheSameRows() throws IOException {
    pictures(folder.resolve("many"));
    for (int copy = 0; copy < 30; copy++) {
      for (int i = 0; i < 60; i++) {
        Path file = folder.resolve("many/a/%d.png".formatted(i));
        Files.copy(file, folder.resolve("many/a/%d-%d.png".formatted(copy, i)));
      }
    }
    predict(0, "many", "undisturbed", "--batch-size", "10");
    int parts = parts("undisturbed");
    assertThat(parts).isEqualTo(187);
    for (int kill = 1; kill <= 2; kill++) {
      Running running =
          Programs.startSparkSubmit(
              folder, LOCAL, arguments("many", "killed", "--batch-size", "10", "--resume"));
      int before = parts("killed");
      while (parts("killed") < before + 20 && running.process().isAlive()) {
        Daemon.pause(2);
      }
      assertThat(running.process().isAlive()).as("%s", running.outcome()).isTrue();
      if (kill == 1) {
        running.process().destroyForcibly();
      } else {
        Daemon.signal("INT", running.process().pid());
      }
      assertThat(running.endsWithin(30)).isTrue();
      if (kill == 2) {
        assertThat(running.outcome().status()).isEqualTo(130);
        assertThat(running.outcome().out())
            .containsPattern(
                "Interrupted. Go on by: predict --resume --run file:.* --batch-size 10 --out file:");
        // Spark's threads may print how they were cut off, and nothing keeps them from it.
        assertThat(running.outcome().err()).doesNotContain("\tat convoy.");
      }
      assertThat(parts("killed")).isLessThan(parts);
      assertThat(folder.resolve("killed/_SUCCESS")).doesNotExist();
    }
    int before = parts("killed");
    Files.copy(folder.resolve("many/a/0.png"), folder.resolve("many/late.png"));
    Outcome last = predict(0, "many", "killed", "--batch-size", "10", "--resume");
    assertThat(last.out()).contains("%,d images had their label already".formatted(10 * before));
    assertThat(json("killed/prediction.json").at("/result/labelled").asInt())
        .isEqualTo(1_862 - 10 * before);
    assertThat(PredictedRows.in(folder.resolve("killed")))
        .hasSize(1_862)
        .isEqualTo(PredictedRows.in(folder.resolve("undisturbed")));
    assertThat(folder.resolve("killed").toFile().list())
        .containsExactlyInAnyOrder("prediction.json", "predictions", "_SUCCESS");
    Outcome again = predict(0, "many", "killed", "--batch-size", "10", "--resume");
    assertThat(again.out()).contains("The prediction in file:", "/killed is finished.");
  }

  @Test
  void refusesWhatCannotBeDone() throws IOException {
    Outcome other = refused(2, "run", "nowhere", "none");
    assertThat(other.err())
        .contains("--images file:%s/nowhere: nothing is there.".formatted(folder));
    assertThat(folder.resolve("none")).doesNotExist();

    Files.createDirectories(folder.resolve("empty"));
    Outcome empty = refused(2, "run", "empty", "none");
    assertThat(empty.err()).contains("/empty: holds no images: neither a prepared set");
    assertThat(folder.resolve("none")).doesNotExist();

    Outcome full = refused(2, "run", "set", "raw");
    assertThat(full.err()).contains("--out file:%s/raw: is not empty.".formatted(folder));

    byte[] wide = idx.clone();
    wide[11] = 14;
    wide[15] = 56;
    Files.write(folder.resolve("wide"), wide);
    Outcome shape = refused(2, "run", "wide", "none");
    assertThat(shape.err())
        .contains("/wide: images are 14x56x1, but the run was trained on 28x28x1.");

    copyRun("broken");
    byte[] model = Files.readAllBytes(folder.resolve("run/model.zip"));
    Files.write(folder.resolve("broken/model.zip"), Arrays.copyOf(model, model.length / 2));
    Outcome broken = refused(1, "broken", "set", "none");
    assertThat(broken.err()).contains("/broken/model.zip: ");
    assertThat(folder.resolve("none")).doesNotExist();

    copyRun("mixed");
    Path record = folder.resolve("mixed/run.json");
    Files.writeString(
        record, Files.readString(record).replace("\"height\" : 28", "\"height\" : 29"));
    Outcome mixed = refused(1, "mixed", "set", "none");
    assertThat(mixed.err())
        .contains("/mixed: the network in its model.zip takes images of 28x28x1")
        .contains("trained on 29x28x1. The file is another run's");
  }

  private static Outcome refused(int status, String model, String images, String out) {
    Outcome outcome =
        Programs.convoy(folder, "predict", "--run", model, "--images", images, "--out", out);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isEqualTo(status);
    assertThat(outcome.err()).doesNotContain("\tat ");
    return outcome;
  }

  private static void copyRun(String name) throws IOException {
    Files.createDirectories(folder.resolve(name));
    for (String file : List.of("run.json", "model.zip")) {
      Files.copy(folder.resolve("run").resolve(file), folder.resolve(name).resolve(file));
    }
  }

  private static int parts(String out) {
    String[] names =
        folder
            .resolve(out)
            .resolve("predictions")
            .toFile()
            .list((in, name) -> name.startsWith("part-"));
    return names == null ? 0 : names.length;
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file).toFile());
  }

  private static Outcome predict(int status, String images, String out, String... more) {
    return run(status, arguments(images, out, more));
  }

  private static String[] arguments(String images, String out, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--run", "run", "--images", images, "--out", out));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static Outcome run(int status, String... arguments) {
    Outcome outcome = Programs.sparkSubmit(folder, LOCAL, arguments);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isEqualTo(status);
    return outcome;
  }
}
