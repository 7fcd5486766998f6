package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten million images in less memory than they take. */
@Tag("cluster")
final class ScaleTest {
  private static final int SIDE = 8;
  private static final int IMAGES = 10_000_000;

  /** Driver and executors together, with 640 million bytes of images to come. */
  private static final String HEAP = "-Xmx512m";

  @TempDir private static Path folder;

  @Test
  void evaluatesMoreImagesThanMemoryHolds() throws IOException {
    prepare("few", 1_000, "-Xmx2g");
    prepare("many", IMAGES, "-Xmx8g");
    convoy(HEAP, "train", "--data", "few", "--model", "mlp", "--epochs", "2", "--out", "run");
    convoy(HEAP, "evaluate", "--run", "run", "--data", "many");
    JsonNode evaluation =
        new ObjectMapper().readTree(Files.readString(folder.resolve("run/evaluation-on-idx.json")));
    assertThat(evaluation.get("count").asInt()).isEqualTo(IMAGES);
    assertThat(evaluation.get("batches")).hasSize(IMAGES / 1_000);
    assertThat(evaluation.get("accuracy").asDouble()).isGreaterThan(0.5);
    assertThat(folder.resolve("run/report-on-idx.html")).isNotEmptyFile();
  }

  private static void prepare(String name, int images, String heap) throws IOException {
    Path raw = Files.createDirectory(folder.resolve(name + "-raw"));
    write(raw.resolve("train"), 1_000);
    write(raw.resolve("t10k"), images);
    convoy(heap, "prepare", "--dataset", "idx", "--from", raw.toString(), "--out", name);
  }

  /** Noise with one brighter quarter, which is the class. */
  private static void write(Path split, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    try (DataOutputStream images = create(split + "-images-idx3-ubyte");
        DataOutputStream labels = create(split + "-labels-idx1-ubyte")) {
      images.writeInt(0x803);
      images.writeInt(count);
      images.writeInt(SIDE);
      images.writeInt(SIDE);
      labels.writeInt(0x801);
      labels.writeInt(count);
      byte[] image = new byte[SIDE * SIDE];
      for (int i = 0; i < count; i++) {
        int label = random.nextInt(4);
        random.nextBytes(image);
        for (int at = 0; at < image.length; at++) {
          int quarter = at / SIDE / 4 * 2 + at % SIDE / 4;
          image[at] = (byte) ((image[at] & 0x7f) + (quarter == label ? 128 : 0));
        }
        images.write(image);
        labels.write(label);
      }
    }
  }

  private static DataOutputStream create(String file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(file))));
  }

  private static void convoy(String heap, String... arguments) {
    Outcome outcome = Programs.convoy(folder, Map.of("CONVOY_JAVA_OPTS", heap), arguments);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isZero();
  }
}
