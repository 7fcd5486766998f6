package convoy.model.engine;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdDataAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdFilterAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.FwdAlgo;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * For convolutions whose window covers the whole image, so that there is one position of it: a
 * dense layer in other words, and computed by the same matrix products.
 *
 * <p>For 120 windows of 16x5x5 in minibatches of 128 that takes 0.5 ms in place of 1.6 ms, forward
 * and backward. Other convolutions take oneDNN's way.
 */
final class FullWindowHelper extends MKLDNNConvHelper {
  FullWindowHelper() {
    super(DataType.FLOAT);
  }

  @Override
  public INDArray preOutput(
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
    if (!applies(input, weights, strides, pad, convolutionMode, dilation, format)) {
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
    }
    INDArray result =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS,
            input.dataType(),
            new long[] {input.size(0), weights.size(0), 1, 1},
            'c');
    INDArray rows = asRows(result);
    multiply(asRows(input), asRows(weights), rows, MMulTranspose.builder().transposeB(true));
    if (bias != null) {
      rows.addiRowVector(bias);
    }
    return result;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
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
    if (!applies(input, weights, strides, pad, convolutionMode, dilation, format)) {
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
    INDArray passedBack = asRows(delta);
    if (biasGradient != null) {
      passedBack.sum(biasGradient.reshape(biasGradient.length()), 0);
      gradient.gradientForVariable().put(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
    }
    multiply(
        passedBack,
        asRows(input),
        asRows(weightGradient),
        MMulTranspose.builder().transposeA(true));
    gradient.gradientForVariable().put(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient);
    INDArray result =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    multiply(passedBack, asRows(weights), asRows(result), MMulTranspose.builder());
    return new Pair<>(gradient, result);
  }

  private static boolean applies(
      INDArray input,
      INDArray weights,
      int[] strides,
      int[] pad,
      ConvolutionMode mode,
      int[] dilation,
      CNN2DFormat format) {
    boolean applies =
        format == CNN2DFormat.NCHW
            && input.dataType() == DataType.FLOAT
            && weights.dataType() == DataType.FLOAT;
    for (int side = 0; side < 2; side++) {
      // Padded to the same size there are as many positions as pixels, or one in each stride.
      boolean oneIfSame = input.size(2 + side) == 1 || mode != ConvolutionMode.Same;
      applies &=
          input.size(2 + side) == weights.size(2 + side)
              && pad[side] == 0
              && dilation[side] == 1
              && oneIfSame;
    }
    return applies && strides.length == 2;
  }

  /** [rows, all the rest]; a view wherever the array lies in C order, as weights always do. */
  private static INDArray asRows(INDArray array) {
    return array.reshape('c', array.size(0), array.length() / array.size(0));
  }

  private static void multiply(
      INDArray left, INDArray right, INDArray result, MMulTranspose.MMulTransposeBuilder how) {
    Nd4j.exec(new Mmul(left, right, result, how.build()));
  }
}
