package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FastReluTest {
  private static final float[] VALUES = {
    -1, -0f, 0, Float.MIN_VALUE, -Float.MIN_VALUE, 1, -3e38f, 3e38f, 0.5f, -0.5f, 7, -7
  };

  @Test
  void knowsWhichBitsAreAboveZero() {
    for (float value : VALUES) {
      assertThat(FastRelu.isPositive(Float.floatToRawIntBits(value)))
          .as("%s", value)
          .isEqualTo(value > 0 ? -1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cc", "ff", "cf", "fc"})
  void passesBackWhatTheNativeOperationPassesBack(String orders) {
    INDArray in = Nd4j.createFromArray(VALUES).reshape(3, 4).dup(orders.charAt(0));
    INDArray epsilon = Nd4j.linspace(1, 12, 12).castTo(in.dataType()).reshape(3, 4);
    epsilon = epsilon.dup(orders.charAt(1));

    assertThat(new FastRelu(null).backprop(in.dup(), epsilon.dup()).getFirst())
        .isEqualTo(new ActivationReLU().backprop(in.dup(), epsilon.dup()).getFirst());
  }

  @Test
  void passesBackWhatTheNativeOperationPassesBackForViews() {
    INDArray in = Nd4j.createFromArray(VALUES).reshape(3, 4);
    INDArray epsilon = Nd4j.linspace(1, 12, 12).castTo(in.dataType()).reshape(3, 4).dup();

    assertThat(new FastRelu(null).backprop(in.get(columns()), epsilon.get(columns())).getFirst())
        .isEqualTo(
            new ActivationReLU()
                .backprop(in.get(columns()).dup(), epsilon.get(columns()).dup())
                .getFirst());
  }

  private static INDArrayIndex[] columns() {
    return new INDArrayIndex[] {NDArrayIndex.all(), NDArrayIndex.interval(1, 3)};
  }
}
