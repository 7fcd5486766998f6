package convoy.model.engine;

import java.lang.reflect.Field;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionHelper;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingHelper;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.normalization.BatchNormalizationHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;

/** Makes what computes convolutions and what goes with them in place of DL4J's own code. */
interface ConvolutionHelpers {
  /**
   * DL4J's own helpers over the native operations, which oneDNN computes.
   *
   * <p>DL4J ships them switched off, and they stay off when switched on: {@code BaseMKLDNNHelper}
   * asks a class that M2.1 has renamed. With them a small CIFAR-10 network trains 13 times as fast.
   */
  ConvolutionHelpers ONEDNN =
      new ConvolutionHelpers() {
        @Override
        public ConvolutionHelper convolution() {
          return new MKLDNNConvHelper(DataType.FLOAT);
        }

        @Override
        public ConvolutionHelper firstConvolution() {
          return new FirstConvolutionHelper();
        }

        @Override
        public BatchNormalizationHelper batchNormalization() {
          return new MKLDNNBatchNormHelper(DataType.FLOAT);
        }
      };

  /** One for each layer: they keep state. */
  ConvolutionHelper convolution();

  /** For the network's first layer, where nobody asks for the gradient of its input. */
  ConvolutionHelper firstConvolution();

  /** One for each layer: they keep state. */
  BatchNormalizationHelper batchNormalization();

  /** One for each layer: they keep buffers. */
  default SubsamplingHelper pooling() {
    return new MaxPoolingHelper();
  }

  /** Sets them in every layer that takes one; other kinds of convolution extend this layer. */
  default void install(MultiLayerNetwork network) {
    for (Layer layer : network.getLayers()) {
      if (layer.getClass() == ConvolutionLayer.class) {
        boolean first = layer == network.getLayer(0);
        set(ConvolutionLayer.class, layer, first ? firstConvolution() : convolution());
      } else if (layer instanceof BatchNormalization normalization
          && !normalization.layerConf().isLockGammaBeta()) {
        set(BatchNormalization.class, layer, batchNormalization());
      } else if (layer.getClass() == SubsamplingLayer.class) {
        set(SubsamplingLayer.class, layer, pooling());
      }
      if (layer.conf().getLayer() instanceof BaseLayer configured
          && new ActivationReLU().equals(configured.getActivationFn())) {
        configured.setActivationFn(new FastRelu());
      }
    }
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
