package convoy.model.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelArchiveTest {
  private static final String HOSTILE = "convoy.model.archive.ModelArchiveTest$Hostile";

  private static final InputShape SHAPE = new InputShape(1, 10, 10);
  private static final List<String> LABELS = List.of("cat", "dog", "øre");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("model.zip");
  }

  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void readsWhatItWrote(Optimizer optimizer) throws IOException {
    ModelArchive written = trained(optimizer);

    written.write(file);
    ModelArchive read = ModelArchive.read(file);

    assertThat(read.configuration()).isEqualTo(written.configuration());
    assertThat(read.labels()).isEqualTo(LABELS);
    assertThat(read.state().parameters()).isEqualTo(written.state().parameters());
    assertThat(read.state().updaterState()).isEqualTo(written.state().updaterState());
    assertThat(read.state().iteration()).isEqualTo(2);
    assertThat(read.state().epoch()).isEqualTo(5);
  }

  @Test
  void leavesNothingButTheFile() throws IOException {
    trained(Optimizer.ADAM).write(file);

    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void isRestoredByDl4jWithItsCounters() throws IOException {
    ModelArchive written = trained(Optimizer.ADAM);
    written.write(file);

    MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(file.toFile());

    assertThat(network.getIterationCount()).isEqualTo(2);
    assertThat(network.getEpochCount()).isEqualTo(5);
    assertThat(network.params().dup().data().asFloat()).isEqualTo(written.state().parameters());
    assertThat(network.getUpdater().getStateViewArray().dup().data().asFloat())
        .isEqualTo(written.state().updaterState());
  }

  @Test
  void refusesToWriteTheStateOfAnotherNetwork() {
    ModelArchive archive =
        new ModelArchive(
            configuration(Optimizer.SGD),
            new TrainingState(new float[7], new float[0], 0, 0),
            LABELS);

    assertThatThrownBy(() -> archive.write(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters: this network has 18787 values, got 7");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysThatTheFileIsMissing() {
    assertThatThrownBy(() -> ModelArchive.read(file))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a model, in words"})
  void refusesWhatIsNotAZipFile(String content) throws IOException {
    Files.writeString(file, content);

    assertDamaged("not a complete zip file");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    trained(Optimizer.ADAM).write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertDamaged("not a complete zip file");
  }

  /** Stored without compression, so that the byte is one of the parameters. */
  @Test
  void refusesAFlippedByte() throws IOException {
    trained(Optimizer.ADAM).write(file);
    byte[] coefficients = entry("coefficients.bin");
    replaceStored("coefficients.bin", coefficients);
    byte[] bytes = Files.readAllBytes(file);
    int place = indexOf(bytes, Arrays.copyOfRange(coefficients, 4000, 4040));
    bytes[place] ^= 1;
    Files.write(file, bytes);

    assertDamaged("coefficients.bin does not match its checksum");
  }

  /** What passes is a byte that no value hangs on: a time stamp, a length that is noted twice. */
  @Test
  void readsTheSameOrRefusesWhateverByteIsFlipped() throws IOException {
    ModelArchive written = trained(Optimizer.SGD);
    written.write(file);
    byte[] bytes = Files.readAllBytes(file);
    int refused = 0;

    for (int place = 0; place < bytes.length; place += bytes.length / 60) {
      byte[] flipped = bytes.clone();
      flipped[place] ^= 0x55;
      Files.write(file, flipped);
      try {
        ModelArchive read = ModelArchive.read(file);
        assertThat(read.configuration()).isEqualTo(written.configuration());
        assertThat(read.state().parameters()).isEqualTo(written.state().parameters());
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith(file + ": not a model that can be loaded: ");
        refused++;
      }
    }

    assertThat(refused).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configuration.json",
        "coefficients.bin",
        "updaterState.bin",
        "normalizer.bin",
        "objects/labels"
      })
  void refusesAFileWithoutOneOfItsEntries(String name) throws IOException {
    trained(Optimizer.ADAM).write(file);
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      Files.delete(zip.getPath(name));
    }

    assertDamaged("no " + name + " in it");
  }

  @Test
  void refusesAConfigurationThatIsNotOne() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("configuration.json", "{\"model\": 1}".getBytes(StandardCharsets.UTF_8));

    assertDamaged("configuration.json does not describe a DL4J MultiLayerNetwork");
  }

  @Test
  void refusesParametersOfASmallerNetwork() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("coefficients.bin", coefficientsFor(2));

    assertDamaged(
        "coefficients.bin holds 18530 values of type FLOAT, the network has 18787 of type FLOAT");
  }

  @Test
  void refusesParametersOfALargerNetworkBeforeItReadsThem() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("coefficients.bin", coefficientsFor(5));

    assertDamaged("coefficients.bin: expected at most 75404 bytes, found 77317");
  }

  @Test
  void refusesParametersThatAreNoArray() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("coefficients.bin", "no array".getBytes(StandardCharsets.UTF_8));

    assertDamaged("coefficients.bin is not an ND4J array");
  }

  @Test
  void refusesAnotherNumberOfLabelsThanClasses() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("objects/labels", serialised(new String[] {"cat", "dog"}));

    assertDamaged("objects/labels names 2 classes, the network has 3");
  }

  @Test
  void readsNoJavaObjectsButStrings() throws IOException {
    trained(Optimizer.ADAM).write(file);
    replace("objects/labels", serialised(new ArrayList<>(LABELS)));

    assertDamaged("objects/labels is not an array of strings");
  }

  /** DL4J's reader would load the class, and run its initialiser, before it finds it unfit. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"confs\": [{\"layer\": {\"@class\": \"HOSTILE\"}}]} | " + HOSTILE,
        "{\"inputPreProcessors\": {\"0\": {\"@class\": \"HOSTILE\"}}} | " + HOSTILE,
        "{\"confs\": [{\"layer\": {\"dist\": {\"type\": \"HOSTILE\"}}}]} | " + HOSTILE,
        "{\"confs\": [{\"layer\": {\"dist\": {\"type\": \"HOSTILE\"}}}]} | OfNoPackage"
      })
  void refusesAClassThatDoesNotDescribeNetworks(String json, String hostile) throws IOException {
    trained(Optimizer.SGD).write(file);
    replace(
        "configuration.json", json.replace("HOSTILE", hostile).getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> ModelArchive.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: configuration.json names the class %s, which is none of DL4J's layers or what"
                    .formatted(file, hostile)
                + " belongs to them. To load it could run any code, so it is refused.");
    assertThat(System.getProperty(Hostile.MARK)).isNull();
  }

  @Test
  void refusesAConfigurationInWhichAClassIsNamedTwice() throws IOException {
    trained(Optimizer.SGD).write(file);
    String json =
        "{\"@class\": \"%s$Hostile\", \"@class\": \"org.deeplearning4j.nn.conf.layers.DenseLayer\"}"
            .formatted(ModelArchiveTest.class.getName());
    replace("configuration.json", json.getBytes(StandardCharsets.UTF_8));

    assertDamaged("configuration.json is not the JSON of a network (MismatchedInputException)");
    assertThat(System.getProperty(Hostile.MARK)).isNull();
  }

  @Test
  void refusesAConfigurationThatIsNestedTooDeeply() throws IOException {
    trained(Optimizer.SGD).write(file);
    String json = "[".repeat(1_000_000) + "]".repeat(1_000_000);
    replace("configuration.json", json.getBytes(StandardCharsets.UTF_8));

    assertDamaged("configuration.json is not the JSON of a network (StackOverflowError)");
  }

  /** Leaves a mark as soon as it is initialised. */
  public static final class Hostile {
    /** A constant, so that reading it does not initialise the class. */
    static final String MARK = "convoy.test.hostile";

    static {
      System.setProperty(MARK, "ran");
    }
  }

  private void assertDamaged(String found) {
    assertThatThrownBy(() -> ModelArchive.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: not a model that can be loaded: %s. Copy the file again, or train again.",
            file, found);
  }

  /** After two minibatches, in the sixth epoch. */
  private static ModelArchive trained(Optimizer optimizer) {
    Engine engine = Engine.dl4j(configuration(optimizer));
    TrainingState start = engine.initialState();
    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(new TrainingState(start.parameters(), start.updaterState(), 0, 5), 1);
      float[] images = new float[300];
      Arrays.fill(images, 0.5f);
      trainer.fit(images, new int[] {0, 1, 2}, 3);
      trainer.fit(images, new int[] {2, 1, 0}, 3);
      return new ModelArchive(configuration(optimizer), trainer.store(), LABELS);
    }
  }

  private static String configuration(Optimizer optimizer) {
    return Zoo.named("cnn-small", SHAPE, 3).configuration(optimizer, 0.01, 1);
  }

  /** The parameters' entry of the same network for another number of classes. */
  private byte[] coefficientsFor(int classes) throws IOException {
    String configuration =
        Zoo.named("cnn-small", SHAPE, classes).configuration(Optimizer.SGD, 0.01, 1);
    Path other = folder.resolve("other.zip");
    new ModelArchive(configuration, Engine.dl4j(configuration).initialState(), LABELS).write(other);
    return entry(other, "coefficients.bin");
  }

  private byte[] entry(String name) throws IOException {
    return entry(file, name);
  }

  private static byte[] entry(Path file, String name) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      return Files.readAllBytes(zip.getPath(name));
    }
  }

  private void replace(String name, byte[] content) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(file)) {
      Files.write(zip.getPath(name), content);
    }
  }

  private void replaceStored(String name, byte[] content) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(file, Map.of("compressionMethod", "STORED"))) {
      Files.write(zip.getPath(name), content);
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private static byte[] serialised(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }
}
