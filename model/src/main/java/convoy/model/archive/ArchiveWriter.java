package convoy.model.archive;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes the entries that {@link ModelSerializer} of DL4J 1.0.0-M2.1 reads.
 *
 * <p>Its own {@code writeModel} flushes a stream that it has closed, which the commons-io of Spark
 * 3.5 (2.16) answers with an exception.
 */
final class ArchiveWriter {
  static final String LABELS_ENTRY = "objects/" + ModelArchive.LABELS_KEY;

  private final ZipOutputStream zip;

  ArchiveWriter(OutputStream out) {
    zip = new ZipOutputStream(new BufferedOutputStream(out));
  }

  /** Writes the whole file, but leaves the stream open. */
  void write(String configuration, MultiLayerNetwork network, List<String> labels)
      throws IOException {
    put(ModelSerializer.CONFIGURATION_JSON, configuration.getBytes(StandardCharsets.UTF_8));
    put(ModelSerializer.COEFFICIENTS_BIN, bytes(network.params()));
    INDArray updaterState = network.getUpdater().getStateViewArray();
    if (updaterState != null) {
      put(ModelSerializer.UPDATER_BIN, bytes(updaterState));
    }
    put(ModelSerializer.NORMALIZER_BIN, normaliser());
    put(LABELS_ENTRY, bytes(labels));
    zip.finish();
    zip.flush();
  }

  private void put(String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] bytes(INDArray array) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      Nd4j.write(array, out);
    }
    return bytes.toByteArray();
  }

  private static byte[] normaliser() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NormalizerSerializer.getDefault().write(new ImagePreProcessingScaler(0, 1), bytes);
    return bytes.toByteArray();
  }

  /** As {@code String[]}, which readers can tell from every other class. */
  private static byte[] bytes(List<String> labels) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(labels.toArray(String[]::new));
    }
    return bytes.toByteArray();
  }
}
