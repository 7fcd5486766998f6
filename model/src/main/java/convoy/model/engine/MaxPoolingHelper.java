package convoy.model.engine;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingHelper;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Passes gradients back through maximum pooling with windows of 2x2 that do not overlap; other
 * windows take the native operation's way.
 *
 * <p>The native operation first finds the maxima again and then searches every window in general
 * form, which is a fifth of a {@code lenet5} step. Here each value of a window is compared once, in
 * plain Java over copies on the heap.
 */
final class MaxPoolingHelper implements SubsamplingHelper {
  private float[] inputs = new float[0];
  private float[] passedBack = new float[0];

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray input,
      INDArray epsilon,
      int[] kernel,
      int[] strides,
      int[] pad,
      PoolingType type,
      ConvolutionMode mode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    int[] two = {2, 2};
    boolean applies =
        type == PoolingType.MAX
            && format == CNN2DFormat.NCHW
            && Arrays.equals(kernel, two)
            && Arrays.equals(strides, two)
            && pad[0] == 0
            && pad[1] == 0
            && dilation[0] == 1
            && dilation[1] == 1
            && epsilon.size(2) == input.size(2) / 2
            && epsilon.size(3) == input.size(3) / 2
            && lieAsRows(input)
            && lieAsRows(epsilon);
    if (!applies) {
      return null;
    }
    INDArray result =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
    int values = Math.toIntExact(input.length());
    if (inputs.length < values) {
      inputs = new float[values];
      passedBack = new float[values];
    }
    OffHeap.read(input, inputs);
    float[] gradients = OffHeap.read(epsilon);
    route(gradients, Math.toIntExact(input.size(2)), Math.toIntExact(input.size(3)), values);
    OffHeap.write(passedBack, result);
    return new Pair<>(new DefaultGradient(), result);
  }

  /**
   * Gives each gradient to the first of the largest values of its window, row after row. The sign
   * of a difference chooses, because a branch would be mispredicted half of the time.
   */
  private void route(float[] gradients, int height, int width, int values) {
    float[] in = inputs;
    float[] out = passedBack;
    Arrays.fill(out, 0, values, 0);
    int next = 0;
    for (int plane = 0; plane < values; plane += height * width) {
      for (int y = 0; y + 1 < height; y += 2) {
        int row = plane + y * width;
        for (int x = row; x + 1 < row + width; x += 2) {
          int above = x + isLess(in[x], in[x + 1]);
          int below = x + width + isLess(in[x + width], in[x + width + 1]);
          out[above + (below - above) * isLess(in[above], in[below])] = gradients[next++];
        }
      }
    }
  }

  /** 1 where {@code a < b}, else 0. */
  private static int isLess(float a, float b) {
    return Float.floatToRawIntBits(a - b) >>> 31;
  }

  private static boolean lieAsRows(INDArray array) {
    return array.dataType() == DataType.FLOAT
        && array.ordering() == 'c'
        && array.offset() == 0
        && array.data().length() == array.length()
        && Shape.hasDefaultStridesForShape(array);
  }

  /** DL4J M2.1 never asks a helper for this direction. */
  @Override
  public INDArray activate(
      INDArray input,
      boolean training,
      int[] kernel,
      int[] strides,
      int[] pad,
      PoolingType type,
      ConvolutionMode mode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    return null;
  }

  @Override
  public boolean checkSupported() {
    return true;
  }

  @Override
  public Map<String, Long> helperMemoryUse() {
    return Map.of();
  }
}
