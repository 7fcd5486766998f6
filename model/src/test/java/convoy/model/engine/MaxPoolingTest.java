package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

final class MaxPoolingTest {
  private static final long[] TWO_BY_TWO = {2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0};

  /** Operations that are made before it fail to find the native library. */
  @BeforeAll
  static void loadsNd4j() {
    assertThat(Nd4j.getExecutioner()).isInstanceOf(CpuOperations.class);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 6, 28, 28",
    "1, 1, 2, 2",
    "2, 3, 7, 5",
    "5, 4, 10, 3",
    "2, 2, 3, 2",
    "1, 2, 60, 50"
  })
  void givesTheValuesOfTheNativeOperation(int images, int channels, int height, int width) {
    INDArray input = Nd4j.randn(DataType.FLOAT, images, channels, height, width);
    DynamicCustomOp operation = pooling(input, height / 2, width / 2, TWO_BY_TWO);
    DynamicCustomOp natively = pooling(input, height / 2, width / 2, TWO_BY_TWO);
    new NativeOpExecutioner().exec(natively);

    assertThat(MaxPooling.computes(operation)).isTrue();

    assertThat(output(operation).data().asFloat()).isEqualTo(output(natively).data().asFloat());
    assertThat(output(operation).data().asFloat())
        .isEqualTo(
            Nd4j.exec(pooling(input, height / 2, width / 2, TWO_BY_TWO))[0].data().asFloat());
  }

  @Test
  void leavesOtherPoolingsAlone() {
    INDArray input = Nd4j.randn(DataType.FLOAT, 2, 3, 8, 8);
    int[] places = {0, 1, 2, 3, 4, 5, 6, 7, 10};
    for (int place : places) {
      long[] other = TWO_BY_TWO.clone();
      other[place]++;
      assertThat(computes(input, 4, other)).isFalse();
    }
    assertThat(computes(input, 4, TWO_BY_TWO)).isTrue();
    // Padded to the same size, as an image with an odd side is.
    assertThat(computes(Nd4j.randn(DataType.FLOAT, 2, 3, 7, 7), 4, TWO_BY_TWO)).isFalse();
    assertThat(computes(input.permute(0, 1, 3, 2), 4, TWO_BY_TWO)).isFalse();
    assertThat(computes(input.dup('f'), 4, TWO_BY_TWO)).isFalse();
    assertThat(computes(input.castTo(DataType.DOUBLE), 4, TWO_BY_TWO)).isFalse();
    assertThat(
            MaxPooling.computes(
                DynamicCustomOp.builder("avgpool2d")
                    .addInputs(input)
                    .addOutputs(Nd4j.create(DataType.FLOAT, 2, 3, 4, 4))
                    .addIntegerArguments(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0)
                    .build()))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"7fc00000", "ffc00000", "7fffffff", "ffffffff", "ff800001", "7f800001"})
  void hidesNoValueThatIsNoNumber(String bits) {
    float none = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    float most = Float.POSITIVE_INFINITY;
    INDArray input =
        Nd4j.createFromArray(none, 1, 2, most, 4, 5, -most, none, -1, none, -2, -3, 0, 0, none, -0f)
            .reshape(2, 2, 2, 2);
    DynamicCustomOp operation = pooling(input, 1, 1, TWO_BY_TWO);

    assertThat(MaxPooling.computes(operation)).isTrue();

    assertThat(output(operation).data().asFloat()).containsOnly(Float.NaN);
  }

  /** From the least to the greatest, each beside each. */
  @Test
  void ordersAllValuesAsFloatsAreOrdered() {
    float[] values = {
      Float.NEGATIVE_INFINITY,
      -Float.MAX_VALUE,
      -1.5f,
      -1,
      -Float.MIN_NORMAL,
      -Float.MIN_VALUE,
      -0f,
      0,
      Float.MIN_VALUE,
      Float.MIN_NORMAL,
      1,
      1.5f,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY
    };
    for (int window = 0; window < 4; window++) {
      for (int i = 0; i < values.length; i++) {
        for (int k = 0; k <= i; k++) {
          float[] four = {values[k], values[k], values[k], values[k]};
          four[window] = values[i];
          INDArray input = Nd4j.createFromArray(four).reshape(1, 1, 2, 2);
          DynamicCustomOp operation = pooling(input, 1, 1, TWO_BY_TWO);

          assertThat(MaxPooling.computes(operation)).isTrue();

          assertThat(output(operation).data().asFloat()).containsExactly(values[i]);
        }
      }
    }
  }

  private static boolean computes(INDArray input, int side, long[] how) {
    return MaxPooling.computes(pooling(input, side, side, how));
  }

  private static DynamicCustomOp pooling(INDArray input, int height, int width, long[] how) {
    INDArray output = Nd4j.create(input.dataType(), input.size(0), input.size(1), height, width);
    DynamicCustomOp operation =
        DynamicCustomOp.builder("maxpool2d").addInputs(input).addOutputs(output).build();
    operation.addIArgument(how);
    return operation;
  }

  private static INDArray output(DynamicCustomOp operation) {
    return operation.outputArguments().get(0);
  }
}
