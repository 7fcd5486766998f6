package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import convoy.model.zoo.InputShape;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A DL4J configuration, read and found to be one that the fast path computes rightly.
 *
 * @param configuration used by one network only: DL4J keeps dropout masks in it
 */
record Blueprint(MultiLayerConfiguration configuration, InputShape input, int classes) {

  static Blueprint of(String json) {
    MultiLayerConfiguration configuration;
    try {
      configuration = MultiLayerConfiguration.fromJson(json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "configuration: not the JSON of a DL4J MultiLayerNetwork", e);
    }
    if (configuration.getDataType() != DataType.FLOAT) {
      throw new IllegalStateException(
          "configuration: data type must be FLOAT, got %s; build it with dataType(DataType.FLOAT)"
              .formatted(configuration.getDataType()));
    }
    for (int i = 0; i < configuration.getConfs().size(); i++) {
      requireChannelsFirst(configuration.getConf(i).getLayer(), i);
    }
    return new Blueprint(configuration, inputOf(configuration), classesOf(configuration));
  }

  /**
   * The network, its parameters initialised from the configuration's seed, its layers made fast.
   */
  MultiLayerNetwork build(Use use) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    ConvolutionPath.inForce().install(network, use);
    return network;
  }

  /** Values of one image. */
  int pixels() {
    return input.values();
  }

  /** oneDNN's convolution gradients are wrong for channels-last images (M2.1, NHWC with ReLU). */
  static boolean isChannelsFirst(org.deeplearning4j.nn.api.Layer layer) {
    return format(layer.conf().getLayer()) == CNN2DFormat.NCHW;
  }

  private static CNN2DFormat format(Layer layer) {
    if (layer instanceof ConvolutionLayer convolution) {
      return convolution.getCnn2dDataFormat();
    } else if (layer instanceof SubsamplingLayer pool) {
      return pool.getCnn2dDataFormat();
    } else if (layer instanceof BatchNormalization normalization) {
      return normalization.getCnn2DFormat();
    }
    return CNN2DFormat.NCHW;
  }

  private static void requireChannelsFirst(Layer layer, int index) {
    CNN2DFormat format = format(layer);
    if (format != CNN2DFormat.NCHW) {
      throw new IllegalStateException(
          "layer %s: images must be laid out as NCHW, got %s; build it with CNN2DFormat.NCHW"
              .formatted(layer.getLayerName() == null ? index : layer.getLayerName(), format));
    }
  }

  private static InputShape inputOf(MultiLayerConfiguration configuration) {
    InputPreProcessor first = configuration.getInputPreProcess(0);
    if (first instanceof FeedForwardToCnnPreProcessor flat) {
      return shape(flat.getNumChannels(), flat.getInputHeight(), flat.getInputWidth());
    }
    if (first instanceof CnnToFeedForwardPreProcessor flattened) {
      return shape(
          flattened.getNumChannels(), flattened.getInputHeight(), flattened.getInputWidth());
    }
    throw new IllegalArgumentException(
        "configuration: does not say the shape of its images; build a network that begins with a"
            + " convolution with InputType.convolutionalFlat(height, width, channels), one that"
            + " begins with a dense layer with InputType.convolutional(height, width, channels)");
  }

  private static InputShape shape(long channels, long height, long width) {
    return new InputShape(
        Math.toIntExact(channels), Math.toIntExact(height), Math.toIntExact(width));
  }

  private static int classesOf(MultiLayerConfiguration configuration) {
    Layer last = configuration.getConf(configuration.getConfs().size() - 1).getLayer();
    if (last instanceof OutputLayer output) {
      return Math.toIntExact(output.getNOut());
    }
    throw new IllegalArgumentException(
        "configuration: the last layer must be an OutputLayer, got "
            + last.getClass().getSimpleName());
  }
}
