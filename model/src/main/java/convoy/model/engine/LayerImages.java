package convoy.model.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What convolutions look like: the kernels of the first, and what each makes of an image.
 *
 * @param title which layer, for a person
 * @param channels of each image, 1 or 3
 * @param images [channels, height, width] each, in no particular range
 */
public record LayerImages(String title, int channels, int height, int width, List<float[]> images) {
  /**
   * Of a network without a convolution there are none.
   *
   * @param configuration DL4J's JSON
   * @param image [channels, height, width], 0 to 1
   */
  public static List<LayerImages> of(String configuration, float[] parameters, float[] image) {
    Blueprint blueprint = Blueprint.of(configuration);
    MultiLayerNetwork network = new MultiLayerNetwork(blueprint.configuration());
    network.init();
    List<LayerImages> found = new ArrayList<>();
    try (Minibatch minibatch = new Minibatch(blueprint, 0)) {
      OffHeap.requireLength("parameters", network.params(), parameters);
      OffHeap.write(parameters, network.params());
      minibatch.fill(image, 1);
      List<INDArray> activations = network.feedForward(minibatch.images(), false);
      for (int i = 0; i < network.getnLayers(); i++) {
        Layer layer = network.getLayer(i);
        // Its subclasses have weights of other shapes.
        if (layer.conf().getLayer().getClass() == ConvolutionLayer.class) {
          String name = "convolution %d".formatted(found.size() == 0 ? 1 : found.size());
          if (found.isEmpty()) {
            found.add(kernels(layer.getParam("W")));
          }
          // The first activation is the image itself.
          found.add(of("feature maps of " + name, 1, activations.get(i + 1)));
        }
      }
    } finally {
      Dl4jNetwork.close(network);
    }
    return List.copyOf(found);
  }

  /**
   * Weights are [outputs, inputs, height, width]; other than three inputs are shown by their sum.
   */
  private static LayerImages kernels(INDArray weights) {
    boolean colours = weights.size(1) == 3;
    INDArray shown = colours ? weights : weights.sum(true, 1);
    return of("kernels of convolution 1", colours ? 3 : 1, shown);
  }

  /** Of an array [images, channels, height, width], or of one image whose channels are images. */
  private static LayerImages of(String title, int channels, INDArray array) {
    int height = Math.toIntExact(array.size(2));
    int width = Math.toIntExact(array.size(3));
    int size = channels * height * width;
    try (INDArray rows = array.dup('c')) {
      float[] values = OffHeap.read(rows);
      List<float[]> images = new ArrayList<>();
      for (int at = 0; at < values.length; at += size) {
        images.add(Arrays.copyOfRange(values, at, at + size));
      }
      return new LayerImages(title, channels, height, width, images);
    }
  }
}
