package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FirstConvolutionHelperTest {
  private static final int[] ONE = {1, 1};
  private static final int[] TWO = {2, 2};

  /** DL4J's own code, which goes on after it, reads the array of all gradients. */
  @Test
  void leavesAllGradientsInTheArrayWhenItFails() {
    INDArray outputs = Nd4j.rand(2, 4, 6, 6).subi(0.5);
    INDArray epsilon = Nd4j.rand(2, 4, 3, 3).addi(1);
    float[] expected = OffHeap.read(backprop(new MaxPoolingHelper(true, false), outputs, epsilon));
    MaxPoolingHelper pooling = new MaxPoolingHelper(true, true);
    INDArray delta = backprop(pooling, outputs, epsilon);
    OffHeap.write(new float[expected.length], delta);

    assertThatThrownBy(() -> backprop(new FirstConvolutionHelper(pooling), delta))
        .isInstanceOf(NullPointerException.class);
    assertThat(OffHeap.read(delta)).isEqualTo(expected);
    // So does the next one.
    assertThat(OffHeap.read(backprop(pooling, outputs, epsilon))).isEqualTo(expected);
    assertThat(Arrays.equals(expected, new float[expected.length])).isFalse();
  }

  private static INDArray backprop(MaxPoolingHelper pooling, INDArray outputs, INDArray epsilon) {
    return pooling
        .backpropGradient(
            outputs,
            epsilon,
            TWO,
            TWO,
            new int[2],
            PoolingType.MAX,
            ConvolutionMode.Truncate,
            ONE,
            CNN2DFormat.NCHW,
            LayerWorkspaceMgr.noWorkspaces())
        .getSecond();
  }

  /** Without workspaces, so that it fails when all else is done. */
  private static void backprop(FirstConvolutionHelper convolution, INDArray delta) {
    convolution.backpropGradient(
        Nd4j.rand(2, 1, 8, 8),
        Nd4j.rand(4, 1, 3, 3),
        Nd4j.rand(1, 4),
        delta,
        new int[] {3, 3},
        ONE,
        new int[2],
        Nd4j.create(1, 4),
        Nd4j.create(4, 1, 3, 3),
        null,
        null,
        null,
        null,
        ConvolutionMode.Truncate,
        ONE,
        CNN2DFormat.NCHW,
        null);
  }
}
