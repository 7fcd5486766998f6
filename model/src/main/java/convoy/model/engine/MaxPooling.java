package convoy.model.engine;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;

/**
 * The operation {@code maxpool2d} with windows of 2x2 that do not overlap, over floats of [images,
 * channels, height, width] in C order; the same values as ND4J's, but that a window with a NaN
 * gives a NaN.
 *
 * <p>Without AVX-512 oneDNN has no machine code of its own for arrays in that order, and searches
 * every window in general form: two thirds of {@code lenet5}'s inference and a third of its
 * training step, where this takes a tenth of that time.
 */
final class MaxPooling {
  /** Sides, strides, padding, gaps; what follows is the mode, nothing, and the order of arrays. */
  private static final long[] PAIRS = {2, 2, 2, 2, 0, 0, 1, 1};

  private static final int NCHW_AT = 10;

  private MaxPooling() {}

  /** Whether this is such an operation, which then is done. */
  static boolean computes(CustomOp operation) {
    if (!operation.opName().equals("maxpool2d")
        || operation.numInputArguments() != 1
        || operation.numOutputArguments() != 1) {
      return false;
    }
    INDArray input = operation.inputArguments().get(0);
    INDArray output = operation.outputArguments().get(0);
    long[] how = operation.iArgs();
    boolean applies =
        how.length == NCHW_AT + 1
            && how[NCHW_AT] == 0
            && Arrays.equals(how, 0, PAIRS.length, PAIRS, 0, PAIRS.length)
            && input.rank() == 4
            && Arrays.equals(
                output.shape(),
                new long[] {input.size(0), input.size(1), input.size(2) / 2, input.size(3) / 2})
            && OffHeap.liesInRows(input)
            && OffHeap.liesInRows(output);
    if (applies) {
      compute(
          OffHeap.floats(input),
          OffHeap.floats(output),
          Math.toIntExact(input.size(0) * input.size(1)),
          Math.toIntExact(input.size(2)),
          Math.toIntExact(input.size(3)));
    }
    return applies;
  }

  /**
   * Plane after plane by way of the heap, where the maximum of two rows is vectorised.
   *
   * @param planes images times channels
   */
  private static void compute(FloatBuffer in, FloatBuffer out, int planes, int height, int width) {
    float[] plane = new float[height * width];
    float[] higher = new float[width];
    float[] pooled = new float[(height / 2) * (width / 2)];
    for (int i = 0; i < planes; i++) {
      in.get(i * plane.length, plane);
      int window = 0;
      for (int y = 0; y + 1 < height; y += 2) {
        int row = y * width;
        for (int x = 0; x < width; x++) {
          higher[x] = Math.max(plane[row + x], plane[row + width + x]);
        }
        for (int x = 0; x + 1 < width; x += 2) {
          pooled[window++] = Math.max(higher[x], higher[x + 1]);
        }
      }
      out.put(i * pooled.length, pooled);
    }
  }
}
