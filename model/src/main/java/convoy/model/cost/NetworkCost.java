package convoy.model.cost;

import convoy.model.engine.LocalScorer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * What a network takes, from its description alone.
 *
 * @param layers from the image to the softmax
 */
public record NetworkCost(InputShape input, List<LayerCost> layers) {
  /**
   * Memory of a training step for each byte of all layers' outputs: activations before and after
   * the non-linearity, gradients, what oneDNN copies into its own order, and what DL4J's workspaces
   * and the C library keep. Measured 3.4 to 6.8 over {@code lenet5}, {@code cnn-deep}, {@code
   * cifar-deep} and {@code cifar-wide} in minibatches of 64 to 512.
   */
  private static final int STEP = 9;

  /**
   * Memory of an inference for each byte of the largest layer's input and output. Measured 2.9 to
   * 6.3 over the same networks.
   */
  private static final double INFERENCE = 6.5;

  public NetworkCost {
    layers = List.copyOf(layers);
  }

  /** Of a network. */
  public static NetworkCost of(Network network) {
    MultiLayerConfiguration configuration =
        MultiLayerConfiguration.fromJson(network.configuration(Optimizer.SGD, 1, 1));
    List<InputType> outputs = configuration.getLayerActivationTypes(network.inputType());
    List<LayerCost> layers = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      layers.add(cost(configuration.getConf(i), outputs.get(i)));
    }
    return new NetworkCost(network.input(), layers);
  }

  private static LayerCost cost(NeuralNetConfiguration configuration, InputType output) {
    Layer layer = configuration.getLayer();
    long parameters = layer.initializer().numParams(configuration);
    // Every weight is used once for each place of the output; biases are not multiplied.
    long weights = layer instanceof FeedForwardLayer dense ? parameters - dense.getNOut() : 0;
    boolean image = output instanceof InputTypeConvolutional;
    long places =
        image
            ? ((InputTypeConvolutional) output).getHeight()
                * ((InputTypeConvolutional) output).getWidth()
            : 1;
    return new LayerCost(
        layer.getLayerName(),
        kind(layer),
        image
            ? shape((InputTypeConvolutional) output)
            : Long.toString(output.arrayElementsPerExample()),
        output.arrayElementsPerExample(),
        parameters,
        parameters == 0 ? 0 : weights * places);
  }

  private static String shape(InputTypeConvolutional output) {
    return "%dx%dx%d".formatted(output.getHeight(), output.getWidth(), output.getChannels());
  }

  private static String kind(Layer layer) {
    if (layer instanceof ConvolutionLayer convolution) {
      int[] kernel = convolution.getKernelSize();
      String padded = convolution.getConvolutionMode() == ConvolutionMode.Same ? ", padded" : "";
      return "convolution %dx%d%s".formatted(kernel[0], kernel[1], padded);
    } else if (layer instanceof SubsamplingLayer pool) {
      int[] kernel = pool.getKernelSize();
      return "maximum pooling %dx%d".formatted(kernel[0], kernel[1]);
    } else if (layer instanceof DropoutLayer) {
      return "dropout";
    } else if (layer instanceof OutputLayer) {
      return "softmax";
    } else if (layer instanceof DenseLayer) {
      return "dense";
    }
    return layer.getClass().getSimpleName();
  }

  /** Of all layers. */
  public long parameters() {
    return layers.stream().mapToLong(LayerCost::parameters).sum();
  }

  /** Of one image's forward pass. */
  public long multiplyAdds() {
    return layers.stream().mapToLong(LayerCost::multiplyAdds).sum();
  }

  /** Bytes of what a round sends to a worker and gets back: parameters and updater state. */
  public long stateBytes(Optimizer optimizer) {
    return Float.BYTES * parameters() * (1 + optimizer.valuesOfParameter());
  }

  /** Bytes outside the heap that one task takes for training, to be reserved. */
  public long trainingBytes(Optimizer optimizer, int batchSize) {
    long outputs = input.values() + layers.stream().mapToLong(LayerCost::outputs).sum();
    long gradients = Float.BYTES * parameters();
    return stateBytes(optimizer) + gradients + STEP * Float.BYTES * outputs * batchSize;
  }

  /** Bytes outside the heap that one task takes for evaluation on a CPU, to be reserved. */
  public long evaluationBytes(int batchSize) {
    int atOnce = Math.min(batchSize, LocalScorer.PIECE);
    long largest = 0;
    long before = input.values();
    for (LayerCost layer : layers) {
      largest = Math.max(largest, before + layer.outputs());
      before = layer.outputs();
    }
    return Float.BYTES * parameters() + (long) (INFERENCE * Float.BYTES * largest * atOnce);
  }
}
