package convoy.model.engine;

import java.lang.reflect.Field;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.DropoutLayer;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.normalization.BatchNormalizationHelper;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;

/** Makes what computes convolutions and what goes with them in place of DL4J's own code. */
interface ConvolutionHelpers {
  /**
   * DL4J's own helpers over the native operations, which oneDNN computes, with shorter ways for
   * special cases.
   *
   * <p>DL4J ships them switched off, and they stay off when switched on: {@code BaseMKLDNNHelper}
   * asks a class that M2.1 has renamed. With them a small CIFAR-10 network trains 13 times as fast.
   */
  ConvolutionHelpers ONEDNN =
      new ConvolutionHelpers() {
        @Override
        public ConvolutionHelper convolution() {
          return new FullWindowHelper();
        }

        @Override
        public ConvolutionHelper firstConvolution(MaxPoolingHelper behind) {
          return new FirstConvolutionHelper(behind);
        }

        @Override
        public BatchNormalizationHelper batchNormalization() {
          return new MKLDNNBatchNormHelper(DataType.FLOAT);
        }
      };

  /** Layers that write their outputs to arrays of their own. Others may change their input's. */
  Set<Class<? extends Layer>> OUTPUTS_OF_THEIR_OWN =
      Set.of(
          ConvolutionLayer.class,
          SubsamplingLayer.class,
          BatchNormalization.class,
          GlobalPoolingLayer.class,
          DenseLayer.class,
          OutputLayer.class);

  /** One for each layer: they keep state. */
  ConvolutionHelper convolution();

  /**
   * For the network's first layer, where nobody asks for the gradient of its input.
   *
   * @param behind of the next layer; null if that has none. Whoever reads its gradients must take
   *     them as {@link MaxPoolingHelper#gradients}, or call {@link MaxPoolingHelper#fill}
   */
  ConvolutionHelper firstConvolution(MaxPoolingHelper behind);

  /** One for each layer: they keep state. */
  BatchNormalizationHelper batchNormalization();

  /** What a network is for. */
  enum Use {
    TRAINING,

    /** Outputs come sooner, and gradients would come later. */
    INFERENCE
  }

  /** Sets them in every layer that takes one. */
  default void install(MultiLayerNetwork network, Use use) {
    Layer[] layers = network.getLayers();
    // Backwards, because some have to know the pooling behind them.
    MaxPoolingHelper behind = null;
    for (int i = layers.length - 1; i >= 0; i--) {
      Layer layer = layers[i];
      if (hasRelu(layer)) {
        ((BaseLayer) layer.conf().getLayer())
            .setActivationFn(new FastRelu(isConvolution(layer) ? behind : null));
      }
      if (isConvolution(layer)) {
        ConvolutionHelper helper = i == 0 ? firstConvolution(behind) : convolution();
        if (helper instanceof ShortcutHelper shortcut && hasRelu(layer) && i + 1 < layers.length) {
          if (use == Use.TRAINING && keepsSigns(layers, i + 1)) {
            shortcut.leaveOutputsTo((ConvolutionLayer) layer);
          } else if (use == Use.INFERENCE && isConvolution(layers[i + 1])) {
            shortcut.giveChannelsLast();
          }
        }
        set(ConvolutionLayer.class, layer, helper);
      } else if (isNormalization(layer)) {
        set(BatchNormalization.class, layer, batchNormalization());
      } else if (layer.getClass() == SubsamplingLayer.class) {
        // Other layers may name a ReLU and not apply it; a preprocessor hands on other arrays.
        boolean behindRelu =
            i > 0
                && isConvolution(layers[i - 1])
                && hasRelu(layers[i - 1])
                && network.getLayerWiseConfigurations().getInputPreProcess(i) == null;
        MaxPoolingHelper pooling = new MaxPoolingHelper(behindRelu, i == 1);
        set(SubsamplingLayer.class, layer, pooling);
        behind = behindRelu ? pooling : null;
        continue;
      }
      behind = null;
    }
  }

  /** Likewise in a graph, whose layers may lie in any order: each by itself. */
  default void install(ComputationGraph graph) {
    for (Layer layer : graph.getLayers()) {
      if (hasRelu(layer)) {
        ((BaseLayer) layer.conf().getLayer()).setActivationFn(new FastRelu(null));
      }
      if (isConvolution(layer)) {
        set(ConvolutionLayer.class, layer, convolution());
      } else if (isNormalization(layer)) {
        set(BatchNormalization.class, layer, batchNormalization());
      } else if (layer.getClass() == SubsamplingLayer.class) {
        set(SubsamplingLayer.class, layer, new MaxPoolingHelper(false, false));
      }
    }
  }

  /**
   * Whether the layers from one on leave the signs of its input where they count. DL4J drops values
   * in place: what is 0 then gets no gradient anyway, but noise could change a sign. What drops
   * values and does nothing else hands its input on to the next.
   */
  private static boolean keepsSigns(Layer[] layers, int first) {
    for (int i = first; i < layers.length; i++) {
      IDropout dropout = layers[i].conf().getLayer().getIDropout();
      if (dropout != null && dropout.getClass() != Dropout.class) {
        return false;
      }
      if (layers[i].getClass() != DropoutLayer.class) {
        return OUTPUTS_OF_THEIR_OWN.contains(layers[i].getClass());
      }
    }
    return false;
  }

  private static boolean isNormalization(Layer layer) {
    return layer instanceof BatchNormalization normalization
        && !normalization.layerConf().isLockGammaBeta();
  }

  /** Other kinds of convolution extend this layer, and compute something else. */
  private static boolean isConvolution(Layer layer) {
    return layer.getClass() == ConvolutionLayer.class;
  }

  private static boolean hasRelu(Layer layer) {
    return layer.conf().getLayer() instanceof BaseLayer configured
        && new ActivationReLU().equals(configured.getActivationFn());
  }

  /** By reflection, because DL4J's only way in is a switch that no longer works. */
  private static void set(Class<?> declaring, Layer layer, Object helper) {
    try {
      Field field = declaring.getDeclaredField("helper");
      field.setAccessible(true);
      field.set(layer, helper);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          declaring.getName() + " has no helper field that can be set", e);
    }
  }
}
