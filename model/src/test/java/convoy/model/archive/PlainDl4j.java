package convoy.model.archive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program that knows DL4J and nothing of Convoy: it restores a model, has its normaliser scale
 * images of 0 to 255, and writes what the network makes of them.
 */
public final class PlainDl4j {
  private PlainDl4j() {}

  /** Arguments: the model, a file of count, channels, height, width and pixels, the result. */
  public static void main(String[] arguments) throws IOException {
    requireNoConvoy();
    File model = new File(arguments[0]);
    MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(model);
    DataNormalization normaliser = ModelSerializer.restoreNormalizerFromFile(model);
    String[] labels = ModelSerializer.getObjectFromFile(model, "labels");

    INDArray images = images(Path.of(arguments[1]));
    normaliser.transform(images);
    float[] probabilities = network.output(images).dup('c').data().asFloat();

    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
      out.writeUTF(String.join(",", labels));
      out.writeUTF(normaliser.getClass().getSimpleName());
      out.writeInt(network.getIterationCount());
      out.writeInt(network.getEpochCount());
      for (float probability : probabilities) {
        out.writeFloat(probability);
      }
    }
  }

  private static INDArray images(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      int[] shape = {in.readInt(), in.readInt(), in.readInt(), in.readInt()};
      float[] pixels = new float[shape[0] * shape[1] * shape[2] * shape[3]];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = in.readUnsignedByte();
      }
      return Nd4j.createFromArray(pixels).reshape(shape);
    }
  }

  private static void requireNoConvoy() {
    try {
      Class.forName("convoy.model.archive.ModelArchive");
    } catch (ClassNotFoundException expected) {
      return;
    }
    throw new IllegalStateException("Convoy is on the class path");
  }
}
