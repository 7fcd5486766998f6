package convoy.model.engine;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdDataAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdFilterAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.FwdAlgo;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradients by a shorter way where one applies, and by oneDNN elsewhere; outputs by oneDNN, in its
 * own order where asked for.
 *
 * <p>Dilated convolutions are left to DL4J's own code: ND4J's operation over oneDNN fails on those
 * that are padded.
 */
abstract class ShortcutHelper extends MKLDNNConvHelper {
  /** Of the native operation: the order of images and of weights. */
  private static final int NCHW = 0;

  private static final int FILTERS_FIRST = 1;

  private boolean channelsLast;

  /** Null where DL4J has to keep the outputs before the activation itself. */
  private ConvolutionLayer leavingOutputs;

  ShortcutHelper() {
    super(DataType.FLOAT);
  }

  /**
   * Lets outputs lie as {@link ChannelsLast} says; for inference, where the next layer can take it.
   */
  final void giveChannelsLast() {
    channelsLast = true;
  }

  /**
   * Has the layer's backward pass take the sign of its inputs from the activations, which a ReLU
   * leaves as it is and nothing behind the layer changes. DL4J would copy the outputs before the
   * activation in each step, because the ReLU is applied to them in place.
   */
  final void leaveOutputsTo(ConvolutionLayer layer) {
    layer.setCacheMode(CacheMode.NONE);
    leavingOutputs = layer;
  }

  @Override
  public final INDArray activate(INDArray output, IActivation activation, boolean training) {
    INDArray activations = activation.getActivation(output, training);
    if (training && leavingOutputs != null) {
      leavingOutputs.setPreOutput(activations);
    }
    return activations;
  }

  /**
   * Writes the gradients of weights and bias, if the short way applies.
   *
   * @return the gradient of the input, or zeros where nobody asks for it; null where the short way
   *     does not apply
   */
  abstract INDArray shortcut(Backward pass);

  /** The outputs before the activation by a short way; null where none applies. */
  INDArray shortcut(Forward pass) {
    return null;
  }

  /** Told when the outputs cannot be computed: DL4J may go on with its own code from then on. */
  void failed() {}

  /**
   * What a forward pass is given, as far as a short way may ask.
   *
   * @param bias null where there is none
   * @param top rows of zeros above the image
   * @param left columns of zeros before it
   */
  record Forward(
      INDArray input,
      INDArray weights,
      INDArray bias,
      int top,
      int left,
      ConvolutionMode mode,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {}

  /**
   * What a backward pass is given, as far as a short way may ask.
   *
   * @param delta gradient of the output before the activation
   * @param windowsTouch whether windows lie one pixel apart
   * @param isSolid whether a window's own pixels lie one apart
   * @param top rows of zeros above the image
   * @param left columns of zeros before it
   * @param biasGradient null where there is no bias
   */
  record Backward(
      INDArray input,
      INDArray weights,
      INDArray delta,
      boolean windowsTouch,
      boolean isSolid,
      int top,
      int left,
      INDArray biasGradient,
      INDArray weightGradient,
      ConvolutionMode mode,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {}

  @Override
  public final INDArray preOutput(
      INDArray input,
      INDArray weights,
      INDArray bias,
      int[] kernel,
      int[] strides,
      int[] pad,
      AlgoMode mode,
      FwdAlgo algorithm,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    if (leavingOutputs != null) {
      // Those of the last step; a layer that is without computes them again.
      leavingOutputs.setPreOutput(null);
    }
    if (!isOne(dilation)) {
      return null;
    }
    try {
      INDArray result =
          shortcut(
              new Forward(
                  input, weights, bias, pad[0], pad[1], convolutionMode, format, workspaces));
      if (result != null) {
        return result;
      }
      if (channelsLast && format == CNN2DFormat.NCHW) {
        boolean same = convolutionMode == ConvolutionMode.Same;
        int[] size =
            ConvolutionUtils.getOutputSize(
                input, kernel, strides, same ? null : pad, convolutionMode, dilation, format);
        result = ChannelsLast.create(workspaces, input.size(0), weights.size(0), size[0], size[1]);
        Nd4j.exec(
            DynamicCustomOp.builder("conv2d")
                .addInputs(
                    bias == null
                        ? new INDArray[] {input, weights}
                        : new INDArray[] {input, weights, bias})
                .addOutputs(result)
                .addIntegerArguments(
                    kernel[0],
                    kernel[1],
                    strides[0],
                    strides[1],
                    pad[0],
                    pad[1],
                    1,
                    1,
                    same ? 1 : 0,
                    NCHW,
                    FILTERS_FIRST)
                .build());
        return result;
      }
      return super.preOutput(
          input,
          weights,
          bias,
          kernel,
          strides,
          pad,
          mode,
          algorithm,
          convolutionMode,
          dilation,
          format,
          workspaces);
    } catch (RuntimeException e) {
      failed();
      throw e;
    }
  }

  @Override
  public final Pair<Gradient, INDArray> backpropGradient(
      INDArray input,
      INDArray weights,
      INDArray bias,
      INDArray delta,
      int[] kernel,
      int[] strides,
      int[] pad,
      INDArray biasGradient,
      INDArray weightGradient,
      IActivation activation,
      AlgoMode mode,
      BwdFilterAlgo filterAlgorithm,
      BwdDataAlgo dataAlgorithm,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    INDArray passedBack =
        shortcut(
            new Backward(
                input,
                weights,
                delta,
                isOne(strides),
                isOne(dilation),
                pad[0],
                pad[1],
                biasGradient,
                weightGradient,
                convolutionMode,
                format,
                workspaces));
    if (passedBack == null && !isOne(dilation)) {
      return null;
    }
    if (passedBack == null) {
      return super.backpropGradient(
          input,
          weights,
          bias,
          delta,
          kernel,
          strides,
          pad,
          biasGradient,
          weightGradient,
          activation,
          mode,
          filterAlgorithm,
          dataAlgorithm,
          convolutionMode,
          dilation,
          format,
          workspaces);
    }
    Gradient gradient = new DefaultGradient();
    if (biasGradient != null) {
      gradient.gradientForVariable().put(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
    }
    gradient.gradientForVariable().put(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient);
    return new Pair<>(gradient, passedBack);
  }

  static boolean isOne(int[] sides) {
    return sides[0] == 1 && sides[1] == 1;
  }
}
