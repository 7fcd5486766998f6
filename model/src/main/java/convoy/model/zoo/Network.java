package convoy.model.zoo;

import java.io.Serializable;
import java.util.List;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;

/** A network description: what architecture, for which images. Open {@link Zoo} for the names. */
public sealed interface Network extends Serializable
    permits Lenet5, Mlp, CnnSmall, CnnDeep, MnistWide, CifarDeep, CifarWide, Varied {
  /** The name on the command line. */
  String name();

  /** The images it takes, as [batch, channels, height, width] in float32. */
  InputShape input();

  /** Classes it tells apart. */
  int classes();

  /** How it is trained by default. */
  Recipe recipe();

  /** Its layers from the image to the softmax, in DL4J's terms; fresh objects on each call. */
  List<Layer> layers();

  /** What is changed of the network of its name. */
  default Variation variation() {
    return Variation.NONE;
  }

  /**
   * How DL4J lays out the images for the first layer.
   *
   * <p>The flat form makes DL4J note the image shape in the configuration, and accept the images as
   * [batch, channels * height * width] as well as [batch, channels, height, width].
   */
  default InputType inputType() {
    return InputType.convolutionalFlat(input().height(), input().width(), input().channels());
  }

  /**
   * DL4J's configuration of it, in DL4J's JSON, with a constant learning rate.
   *
   * @param learningRate above 0
   * @param seed of the initial parameters
   */
  default String configuration(Optimizer optimizer, double learningRate, long seed) {
    return configuration(optimizer, LearningRate.constant(learningRate), seed);
  }

  /**
   * DL4J's configuration of it, in DL4J's JSON, with gradients and weights as they are.
   *
   * @param seed of the initial parameters
   */
  default String configuration(Optimizer optimizer, LearningRate learningRate, long seed) {
    return configuration(optimizer, learningRate, 0, 0, seed);
  }

  /**
   * DL4J's configuration of it, in DL4J's JSON.
   *
   * @param longestGradient L2 norm to which a layer's gradient is scaled down where it is longer; 0
   *     for no bound
   * @param weightDecay share that each step takes off every weight, but no bias, times the learning
   *     rate and past the optimizer: Loshchilov and Hutter, "Decoupled Weight Decay Regularization"
   *     (2019), section 2; 0 to below 1
   * @param seed of the initial parameters
   */
  default String configuration(
      Optimizer optimizer,
      LearningRate learningRate,
      double longestGradient,
      double weightDecay,
      long seed) {
    if (!(weightDecay >= 0 && weightDecay < 1)) {
      throw new IllegalArgumentException(
          "weight decay must be at least 0 and below 1, got " + weightDecay);
    }
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder()
            // ND4J takes a seed of 0 for "another one each time".
            .seed(seed == 0 ? Long.MIN_VALUE : seed)
            .dataType(DataType.FLOAT)
            .updater(learningRate.updater(optimizer))
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
            // Keeps each convolution's output for the backward pass, which else computes it again.
            .cacheMode(CacheMode.DEVICE);
    if (longestGradient > 0) {
      builder
          .gradientNormalization(GradientNormalization.ClipL2PerLayer)
          .gradientNormalizationThreshold(longestGradient);
    }
    NeuralNetConfiguration.ListBuilder list = builder.list();
    for (Layer layer : layers()) {
      if (weightDecay > 0) {
        Layers.decay(layer, weightDecay);
      }
      list.layer(layer);
    }
    return list.setInputType(inputType()).build().toJson();
  }
}
