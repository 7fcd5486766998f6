package convoy.model.zoo;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The layers the networks are made of, with the choices they share: ReLU with the initialisation of
 * He et al., "Delving Deep into Rectifiers" (2015), section 2.2; a softmax output with that of
 * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
 * (2010), section 4.2.
 */
final class Layers {
  private Layers() {}

  /** A convolution over the windows that lie inside the image. */
  static ConvolutionLayer convolution(String name, int filters, int kernel) {
    return convolution(name, filters, kernel, ConvolutionMode.Truncate);
  }

  /** A convolution over the image padded with zeros, so that its size stays. */
  static ConvolutionLayer sameConvolution(String name, int filters, int kernel) {
    return convolution(name, filters, kernel, ConvolutionMode.Same);
  }

  private static ConvolutionLayer convolution(
      String name, int filters, int kernel, ConvolutionMode mode) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .name(name)
        .nOut(filters)
        .convolutionMode(mode)
        .activation(Activation.RELU)
        .weightInit(WeightInit.RELU)
        .build();
  }

  /** The largest value of each window; windows lie inside the image. */
  static SubsamplingLayer pool(String name, int kernel, int stride) {
    return new SubsamplingLayer.Builder(PoolingType.MAX)
        .name(name)
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .convolutionMode(ConvolutionMode.Truncate)
        .build();
  }

  static DenseLayer dense(String name, int units) {
    return new DenseLayer.Builder()
        .name(name)
        .nOut(units)
        .activation(Activation.RELU)
        .weightInit(WeightInit.RELU)
        .build();
  }

  /**
   * Zeroes a share of the values while training.
   *
   * @param dropped share of the values, 0 to 1; DL4J's own number is the share kept
   */
  static DropoutLayer dropout(String name, double dropped) {
    return new DropoutLayer.Builder(1 - dropped).name(name).build();
  }

  /**
   * Has a layer's weights decay, if it has any.
   *
   * <p>Layer by layer, because a configuration's decay for all layers is applied twice: DL4J
   * 1.0.0-M2.1 adds it to each layer's own, and looks only for L1 and L2 whether it is there.
   */
  static void decay(Layer layer, double share) {
    if (layer instanceof BaseLayer weighted) {
      weighted.setRegularization(List.of(new WeightDecay(share, true)));
    }
  }

  static OutputLayer softmax(String name, int classes) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .name(name)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .weightInit(WeightInit.XAVIER)
        .build();
  }
}
