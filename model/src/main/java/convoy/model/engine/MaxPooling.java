package convoy.model.engine;

import java.nio.IntBuffer;
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

  private static final int VALUES_AT_ONCE = 2_048;

  /** How many NaNs have the sign set; in the order of floats their bits come before all others. */
  private static final int NEGATIVE_NANS = 0x007fffff;

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
          OffHeap.bits(input),
          OffHeap.bits(output),
          Math.toIntExact(input.size(0) * input.size(1)),
          Math.toIntExact(input.size(2)),
          Math.toIntExact(input.size(3)));
    }
    return applies;
  }

  /**
   * Some planes at a time by way of the heap, so many that they stay in the cache.
   *
   * <p>What {@code Math.max} of floats costs varies threefold from run to run: HotSpot's compiler
   * puts branches in its place when the values that came first seem predictable. So it is done on
   * integers in the order of the floats, without branches. That of two rows is vectorised.
   *
   * @param in the bits of floats
   * @param planes images times channels
   */
  private static void compute(IntBuffer in, IntBuffer out, int planes, int height, int width) {
    int size = height * width;
    int pairs = height / 2 * (width / 2);
    int atOnce = Math.min(planes, Math.max(1, VALUES_AT_ONCE / size));
    int[] values = new int[atOnce * size];
    int[] upper = new int[2 * atOnce * pairs];
    int[] lower = new int[2 * atOnce * pairs];
    int[] pooled = new int[atOnce * pairs];
    for (int first = 0; first < planes; first += atOnce) {
      int count = Math.min(atOnce, planes - first);
      in.get(first * size, values, 0, count * size);
      for (int plane = 0; plane < count; plane++) {
        split(values, plane * size, height, width, upper, lower, 2 * plane * pairs);
      }
      int windows = count * pairs;
      for (int i = 0; i < 2 * windows; i++) {
        upper[i] = larger(ordered(upper[i]), ordered(lower[i]));
      }
      for (int i = 0; i < windows; i++) {
        pooled[i] = Math.max(upper[2 * i], upper[2 * i + 1]);
      }
      for (int i = 0; i < windows; i++) {
        pooled[i] = bits(pooled[i]);
      }
      out.put(first * pairs, pooled, 0, windows);
    }
  }

  /** Parts a plane's rows into each first and each second of two, without what no window holds. */
  private static void split(
      int[] values, int from, int height, int width, int[] upper, int[] lower, int to) {
    int used = width / 2 * 2;
    for (int pair = 0; pair < height / 2; pair++) {
      int row = from + 2 * pair * width;
      System.arraycopy(values, row, upper, to + pair * used, used);
      System.arraycopy(values, row + width, lower, to + pair * used, used);
    }
  }

  /** A float's bits as an integer that is in the order of floats, NaN above all. */
  private static int ordered(int bits) {
    return (bits ^ ((bits >> 31) >>> 1)) - NEGATIVE_NANS;
  }

  /** Undoes {@link #ordered}. */
  private static int bits(int ordered) {
    int shifted = ordered + NEGATIVE_NANS;
    return shifted ^ ((shifted >> 31) >>> 1);
  }

  /** {@code Math.max}, which is not vectorised; the difference may overflow. */
  private static int larger(int a, int b) {
    int unlike = a ^ b;
    int difference = a - b;
    int less = (difference ^ (unlike & (difference ^ a))) >> 31;
    return a ^ (unlike & less);
  }
}
