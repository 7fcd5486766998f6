package convoy.deploy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A user's program that knows DL4J alone: loads a model, scores images, prints how many are right
 * and the labels.
 */
final class PlainDl4j {
  private PlainDl4j() {}

  /** Takes the model and a file of records of one label byte and 784 pixels. */
  public static void main(String[] args) throws Exception {
    File model = new File(args[0]);
    byte[] records = Files.readAllBytes(Path.of(args[1]));
    MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(model);
    DataNormalization normalizer = ModelSerializer.restoreNormalizerFromFile(model);
    int correct = 0;
    for (int from = 0; from < records.length; from += 785 * 500) {
      float[] pixels = new float[784 * 500];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = records[from + i / 784 * 785 + 1 + i % 784] & 0xff;
      }
      INDArray images = Nd4j.createFromArray(pixels).reshape(500, 1, 28, 28);
      normalizer.transform(images);
      int[] predicted = network.predict(images);
      for (int i = 0; i < 500; i++) {
        correct += predicted[i] == records[from + i * 785] ? 1 : 0;
      }
    }
    String[] labels = ModelSerializer.getObjectFromFile(model, "labels");
    System.out.println(correct + " " + Arrays.toString(labels));
  }
}
