package convoy.model.archive;

import convoy.model.engine.TrainingState;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/**
 * Reads {@code model.zip} and believes nothing of it unchecked: every entry against its checksum,
 * every vector against the network that the configuration describes, and no Java objects but
 * strings.
 */
final class ArchiveReader implements AutoCloseable {
  private static final int LARGEST_TEXT = 16 << 20;

  /**
   * What precedes a vector's values: kinds, lengths and shape, in ND4J's form; 113 bytes in M2.1.
   */
  private static final int LARGEST_HEADER = 256;

  private static final ObjectInputFilter ONLY_STRINGS =
      ObjectInputFilter.Config.createFilter("maxdepth=2;maxarray=1000000;java.lang.String;!*");

  private final Path file;
  private final ZipFile zip;

  ArchiveReader(Path file) throws IOException {
    this.file = file;
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw damaged("not a complete zip file", e);
    }
  }

  ModelArchive read() throws IOException {
    MultiLayerConfiguration configuration = configuration();
    int iteration = configuration.getIterationCount();
    int epoch = configuration.getEpochCount();
    // The counters travel in the state; without them the configuration is what it was at the start.
    configuration.setIterationCount(0);
    configuration.setEpochCount(0);
    String json = configuration.toJson();

    MultiLayerNetwork network = initialise(configuration);
    float[] parameters = vector(ModelSerializer.COEFFICIENTS_BIN, network.params());
    float[] updaterState =
        vector(ModelSerializer.UPDATER_BIN, network.getUpdater().getStateViewArray());
    bytes(ModelSerializer.NORMALIZER_BIN, LARGEST_TEXT); // For others to use; here, to be whole.
    List<String> labels = labels();
    requireOneLabelPerClass(labels, configuration);
    return new ModelArchive(
        json, new TrainingState(parameters, updaterState, iteration, epoch), labels);
  }

  private MultiLayerConfiguration configuration() throws IOException {
    String json =
        new String(bytes(ModelSerializer.CONFIGURATION_JSON, LARGEST_TEXT), StandardCharsets.UTF_8);
    requireKnownClasses(json);
    try {
      return MultiLayerConfiguration.fromJson(json);
    } catch (RuntimeException e) {
      throw damaged(
          ModelSerializer.CONFIGURATION_JSON + " does not describe a DL4J MultiLayerNetwork", e);
    }
  }

  private void requireKnownClasses(String json) {
    Optional<String> stranger;
    try {
      stranger = KnownClasses.stranger(json);
    } catch (JsonProcessingException | StackOverflowError e) {
      throw damaged(
          "%s is not the JSON of a network (%s)"
              .formatted(ModelSerializer.CONFIGURATION_JSON, e.getClass().getSimpleName()),
          e);
    }
    if (stranger.isPresent()) {
      throw new IllegalArgumentException(
          ("%s: %s names the class %s, which is none of DL4J's layers or what belongs to them. To"
                  + " load it could run any code, so it is refused.")
              .formatted(file, ModelSerializer.CONFIGURATION_JSON, stranger.get()));
    }
  }

  private MultiLayerNetwork initialise(MultiLayerConfiguration configuration) {
    try {
      MultiLayerNetwork network = new MultiLayerNetwork(configuration);
      network.init();
      return network;
    } catch (RuntimeException e) {
      throw damaged(
          ModelSerializer.CONFIGURATION_JSON + " describes a network that cannot be built", e);
    }
  }

  /**
   * The values of an entry.
   *
   * @param place where they belong in the network; null where it has no such values
   */
  private float[] vector(String entry, INDArray place) throws IOException {
    if (place == null || place.length() == 0) {
      return new float[0];
    }
    long length = place.length();
    byte[] bytes =
        bytes(entry, Math.toIntExact(Math.addExact(length * Float.BYTES, LARGEST_HEADER)));
    INDArray array;
    try {
      array = Nd4j.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (RuntimeException e) {
      throw damaged(entry + " is not an ND4J array", e);
    }
    if (array.dataType() != DataType.FLOAT || array.length() != length) {
      throw damaged(
          "%s holds %d values of type %s, the network has %d of type FLOAT"
              .formatted(entry, array.length(), array.dataType(), length),
          null);
    }
    return array.data().asFloat();
  }

  private List<String> labels() throws IOException {
    byte[] bytes = bytes(ArchiveWriter.LABELS_ENTRY, LARGEST_TEXT);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      in.setObjectInputFilter(ONLY_STRINGS);
      return List.of((String[]) in.readObject());
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      throw damaged(ArchiveWriter.LABELS_ENTRY + " is not an array of strings", e);
    }
  }

  private void requireOneLabelPerClass(List<String> labels, MultiLayerConfiguration configuration) {
    int last = configuration.getConfs().size() - 1;
    if (configuration.getConf(last).getLayer() instanceof FeedForwardLayer output
        && output.getNOut() != labels.size()) {
      throw damaged(
          "%s names %d classes, the network has %d"
              .formatted(ArchiveWriter.LABELS_ENTRY, labels.size(), output.getNOut()),
          null);
    }
  }

  /** An entry's bytes, if they are what its checksum says and no more than {@code most}. */
  private byte[] bytes(String name, int most) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw damaged("no " + name + " in it", null);
    }
    byte[] bytes;
    try (InputStream in = zip.getInputStream(entry)) {
      bytes = in.readNBytes(most);
      if (in.read() >= 0) {
        throw damaged(
            "%s: expected at most %d bytes, found %d".formatted(name, most, entry.getSize()), null);
      }
    } catch (ZipException | EOFException e) {
      throw damaged(name + " cannot be decompressed", e);
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    if (checksum.getValue() != entry.getCrc()) {
      throw damaged(name + " does not match its checksum", null);
    }
    return bytes;
  }

  private IllegalArgumentException damaged(String found, Throwable cause) {
    return new IllegalArgumentException(
        "%s: not a model that can be loaded: %s. Copy the file again, or train again."
            .formatted(file, found),
        cause);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
