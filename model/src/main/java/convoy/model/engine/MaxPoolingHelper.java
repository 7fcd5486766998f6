package convoy.model.engine;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
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

/**
 * Passes gradients back through maximum pooling with windows of 2x2 that do not overlap; other
 * windows take the native operation's way.
 *
 * <p>The native operation first finds the maxima again and then searches every window in general
 * form, which is a fifth of a {@code lenet5} step. Here every value is read once and every gradient
 * written once. Behind a ReLU its derivative is applied in the same pass, where there is only one
 * gradient for four values.
 */
final class MaxPoolingHelper implements SubsamplingHelper {
  private final boolean behindRelu;
  private boolean sparse;
  private INDArray last;
  private int windows;
  private int[] places = new int[0];
  private float[] gradients = new float[0];

  /**
   * For one layer.
   *
   * @param behindRelu whether the layer's input is what a {@link FastRelu} gave, which then must
   *     ask {@link #gave}
   * @param sparse whether the reader behind that ReLU takes {@link #gradients}, or else calls
   *     {@link #fill} first, so that the array of all gradients is left without values
   */
  MaxPoolingHelper(boolean behindRelu, boolean sparse) {
    this.behindRelu = behindRelu;
    this.sparse = behindRelu && sparse;
  }

  /** Whether these are the gradients that it last gave, with a ReLU's derivative applied. */
  boolean gave(INDArray array) {
    return array == last;
  }

  /** Writes all gradients that it last gave, most of which are 0, to the array that it gave. */
  void fill(INDArray array) {
    FloatBuffer out = OffHeap.floats(array);
    int width = Math.toIntExact(array.size(3));
    int plane = Math.toIntExact(array.size(2)) * width;
    for (int i = 0; i < array.length(); i++) {
      out.put(i, 0);
    }
    for (int i = 0; i < array.length() / plane * windows; i++) {
      int place = (places[i] >>> 16) * width + (places[i] & 0xffff);
      out.put(i / windows * plane + place, gradients[i]);
    }
  }

  /** From now on all gradients are written to the array, because nobody calls {@link #fill}. */
  void giveAll() {
    sparse = false;
  }

  /** Of one channel of one image. */
  int windows() {
    return windows;
  }

  /** Of each window, one channel after the other, image after image: what it gave to one pixel. */
  float[] gradients() {
    return gradients;
  }

  /** Of each window likewise, that pixel: its row in the upper 16 bits, its column in the lower. */
  int[] places() {
    return places;
  }

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
            && OffHeap.liesInRows(input)
            && OffHeap.liesInRows(epsilon);
    if (!applies) {
      return null;
    }
    INDArray result =
        workspaces.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
    windows = Math.toIntExact(epsilon.size(2) * epsilon.size(3));
    if (places.length < epsilon.length()) {
      places = new int[Math.toIntExact(epsilon.length())];
      gradients = new float[places.length];
    }
    OffHeap.read(epsilon, gradients, 0);
    int height = Math.toIntExact(input.size(2));
    int width = Math.toIntExact(input.size(3));
    int planes = Math.toIntExact(input.size(0) * input.size(1));
    if (sparse) {
      collect(OffHeap.bits(input), height, width, planes);
    } else {
      spread(OffHeap.bits(input), OffHeap.bits(result), height, width, planes);
    }
    if (behindRelu) {
      last = result;
    }
    return new Pair<>(new DefaultGradient(), result);
  }

  /**
   * Gives each gradient to the first of the largest values of its window, row after row, and 0 to
   * the others. Bits choose in place of branches, which would be mispredicted half of the time; two
   * rows at a time are copied to the heap, because access value by value is slower.
   */
  private void spread(IntBuffer in, IntBuffer out, int height, int width, int planes) {
    int[] rows = new int[2 * width];
    int[] routed = new int[2 * width];
    int window = 0;
    for (int plane = 0; plane < planes * height * width; plane += height * width) {
      for (int y = 0; y + 1 < height; y += 2) {
        in.get(plane + y * width, rows);
        for (int x = 0; x + 1 < width; x += 2) {
          int right = isLess(rows[x], rows[x + 1]);
          int belowRight = isLess(rows[width + x], rows[width + x + 1]);
          int upper = choose(right, rows[x], rows[x + 1]);
          int lower = choose(belowRight, rows[width + x], rows[width + x + 1]);
          int down = isLess(upper, lower);
          int gradient = passed(gradients[window++], choose(down, upper, lower));
          int up = gradient & ~down;
          int low = gradient & down;
          routed[x] = up & ~right;
          routed[x + 1] = up & right;
          routed[width + x] = low & ~belowRight;
          routed[width + x + 1] = low & belowRight;
        }
        out.put(plane + y * width, routed);
      }
      if (height % 2 == 1) {
        out.put(plane + (height - 1) * width, new int[width]);
      }
    }
  }

  /** The same choice, written down as {@link #gradients} and {@link #places} alone. */
  private void collect(IntBuffer in, int height, int width, int planes) {
    int[] rows = new int[2 * width];
    int window = 0;
    for (int plane = 0; plane < planes * height * width; plane += height * width) {
      for (int y = 0; y + 1 < height; y += 2) {
        in.get(plane + y * width, rows);
        for (int x = 0; x + 1 < width; x += 2) {
          int right = isLess(rows[x], rows[x + 1]);
          int belowRight = isLess(rows[width + x], rows[width + x + 1]);
          int upper = choose(right, rows[x], rows[x + 1]);
          int lower = choose(belowRight, rows[width + x], rows[width + x + 1]);
          int down = isLess(upper, lower);
          int gradient = passed(gradients[window], choose(down, upper, lower));
          gradients[window] = Float.intBitsToFloat(gradient);
          // A mask is 0 or -1.
          places[window++] = (y - down) << 16 | (x - choose(down, right, belowRight));
        }
      }
    }
  }

  /** The bits of a window's gradient, behind a ReLU those of 0 unless the largest is above 0. */
  private int passed(float gradient, int largest) {
    int bits = Float.floatToRawIntBits(gradient);
    return behindRelu ? bits & FastRelu.isPositive(largest) : bits;
  }

  /** All ones where the first float is less than the second, else 0; both given as bits. */
  private static int isLess(int a, int b) {
    return Float.floatToRawIntBits(Float.intBitsToFloat(a) - Float.intBitsToFloat(b)) >> 31;
  }

  /** The first where the mask is 0, the second where it is all ones. */
  private static int choose(int mask, int first, int second) {
    return first ^ ((first ^ second) & mask);
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
