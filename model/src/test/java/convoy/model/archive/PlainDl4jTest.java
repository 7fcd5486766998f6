package convoy.model.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in a process of its own, with plain DL4J and without Convoy's classes. */
class PlainDl4jTest {
  private static final int COUNT = 50;
  private static final List<String> LABELS = List.of("zero", "one", "two", "three", "four");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "mlp"})
  void seesInAModelWhatConvoySees(String name) throws IOException, InterruptedException {
    InputShape shape = new InputShape(1, 28, 28);
    Network network = Zoo.named(name, shape, LABELS.size());
    String configuration = network.configuration(Optimizer.ADAM, 0.002, 1);
    byte[] pixels = new byte[COUNT * 28 * 28];
    new Random(1).nextBytes(pixels);
    float[] scaled = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      scaled[i] = (pixels[i] & 0xff) / 255f;
    }
    int[] labels = new Random(2).ints(COUNT, 0, LABELS.size()).toArray();
    Engine engine = Engine.dl4j(configuration);
    float[] expected;
    try (LocalTrainer trainer = engine.trainer();
        LocalScorer scorer = engine.scorer()) {
      trainer.load(engine.initialState(), 1);
      for (int i = 0; i < 40; i++) {
        trainer.fit(scaled, labels, COUNT);
      }
      new ModelArchive(configuration, trainer.store(), LABELS).write(folder.resolve("model.zip"));
      scorer.load(trainer.store().parameters());
      expected = scorer.score(scaled, COUNT);
    }
    writeImages(shape, pixels);

    runPlainDl4j();

    try (DataInputStream in = new DataInputStream(Files.newInputStream(folder.resolve("result")))) {
      assertThat(in.readUTF()).isEqualTo("zero,one,two,three,four");
      assertThat(in.readUTF()).isEqualTo("ImagePreProcessingScaler");
      assertThat(in.readInt()).isEqualTo(40);
      assertThat(in.readInt()).isZero();
      float[] actual = new float[expected.length];
      for (int i = 0; i < actual.length; i++) {
        actual[i] = in.readFloat();
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
      }
      assertThat(classes(actual)).isEqualTo(classes(expected));
      assertThat(Arrays.stream(classes(expected)).distinct().count()).isGreaterThan(1);
    }
  }

  private void writeImages(InputShape shape, byte[] pixels) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(folder.resolve("images")))) {
      out.writeInt(COUNT);
      out.writeInt(shape.channels());
      out.writeInt(shape.height());
      out.writeInt(shape.width());
      out.write(pixels);
    }
  }

  private void runPlainDl4j() throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                classPathWithoutConvoy(),
                "convoy.model.archive.PlainDl4j",
                folder.resolve("model.zip").toString(),
                folder.resolve("images").toString(),
                folder.resolve("result").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    Process process = builder.start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> read(log)).isZero();
  }

  /** Everything but the folder that holds the classes of Convoy under test. */
  private static String classPathWithoutConvoy() {
    String main =
        Path.of(ModelArchive.class.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toString();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).toString().equals(main))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int[] classes(float[] probabilities) {
    int[] classes = new int[COUNT];
    int count = LABELS.size();
    for (int i = 0; i < COUNT; i++) {
      for (int c = 1; c < count; c++) {
        if (probabilities[i * count + c] > probabilities[i * count + classes[i]]) {
          classes[i] = c;
        }
      }
    }
    return classes;
  }
}
