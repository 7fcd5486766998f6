package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

class MaxPoolingHelperTest {
  /** Few different values, so that most windows hold their largest more than once. */
  @ParameterizedTest
  @CsvSource({"4,4,2", "5,7,2", "28,28,3", "9,8,1000"})
  void passesBackToTheValueThatTheNativeOperationChooses(int height, int width, int values) {
    Random random = new Random(1);
    float[] pixels = new float[2 * 3 * height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(values) - 1;
    }
    INDArray input = Nd4j.createFromArray(pixels).reshape(2, 3, height, width);
    INDArray epsilon = Nd4j.rand(2, 3, height / 2, width / 2).addi(1);
    INDArray expected = Nd4j.createUninitialized(2, 3, height, width);
    Nd4j.exec(
        DynamicCustomOp.builder("maxpool2d_bp")
            .addInputs(input, epsilon)
            .addOutputs(expected)
            .addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0)
            .build());

    assertThat(OffHeap.read(backprop(input, epsilon, 2, false))).isEqualTo(OffHeap.read(expected));
    // Behind a ReLU the same, but nothing where the largest value is not above 0.
    INDArray positive = input.gt(0).castTo(input.dataType());
    assertThat(OffHeap.read(backprop(input, epsilon, 2, true)))
        .isEqualTo(OffHeap.read(expected.mul(positive)));
  }

  @Test
  void leavesOtherWindowsToTheNativeOperation() {
    assertThat(backprop(Nd4j.ones(2, 3, 6, 6), Nd4j.ones(2, 3, 2, 2), 3, false)).isNull();
  }

  private static INDArray backprop(
      INDArray input, INDArray epsilon, int window, boolean behindRelu) {
    var result =
        new MaxPoolingHelper(behindRelu, false)
            .backpropGradient(
                input,
                epsilon,
                new int[] {window, window},
                new int[] {window, window},
                new int[2],
                PoolingType.MAX,
                ConvolutionMode.Truncate,
                new int[] {1, 1},
                CNN2DFormat.NCHW,
                LayerWorkspaceMgr.noWorkspaces());
    return result == null ? null : result.getSecond();
  }
}
