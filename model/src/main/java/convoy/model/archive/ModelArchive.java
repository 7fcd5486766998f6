package convoy.model.archive;

import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained network as {@code model.zip}: DL4J's own format, which plain DL4J loads without Convoy.
 *
 * @param configuration DL4J's JSON
 * @param labels the name of each class
 */
public record ModelArchive(String configuration, TrainingState state, List<String> labels) {
  /** The key under which DL4J's {@code getObjectFromFile} finds the labels, as {@code String[]}. */
  public static final String LABELS_KEY = "labels";

  public ModelArchive {
    Objects.requireNonNull(configuration, "configuration");
    Objects.requireNonNull(state, "state");
    labels = List.copyOf(labels);
  }

  /**
   * Writes it, with the updater state and a normaliser that scales pixels to [0, 1]. The file
   * appears when it is complete.
   *
   * @throws IllegalArgumentException if the state is not one of this network
   */
  public void write(Path file) throws IOException {
    MultiLayerConfiguration counted = MultiLayerConfiguration.fromJson(configuration);
    counted.setIterationCount(state.iteration());
    counted.setEpochCount(state.epoch());
    // Before the network is built, which writes its own notes into the configuration.
    String json = counted.toJson();
    MultiLayerNetwork network = network(counted);
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      try (OutputStream out = Files.newOutputStream(partial)) {
        new ArchiveWriter(out).write(json, network, labels);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the file is damaged or not a model, saying what was found
   */
  public static ModelArchive read(Path file) throws IOException {
    try (ArchiveReader reader = new ArchiveReader(file)) {
      return reader.read();
    }
  }

  private MultiLayerNetwork network(MultiLayerConfiguration conf) {
    MultiLayerNetwork network = new MultiLayerNetwork(conf);
    network.init();
    assign("parameters", state.parameters(), network.params());
    assign("updater state", state.updaterState(), network.getUpdater().getStateViewArray());
    return network;
  }

  /** Into a vector that is null where the network has no such values. */
  private static void assign(String what, float[] values, INDArray vector) {
    long length = vector == null ? 0 : vector.length();
    if (values.length != length) {
      throw new IllegalArgumentException(
          "%s: this network has %d values, got %d".formatted(what, length, values.length));
    }
    if (length > 0) {
      vector.assign(Nd4j.createFromArray(values).reshape(vector.shape()));
    }
  }
}
