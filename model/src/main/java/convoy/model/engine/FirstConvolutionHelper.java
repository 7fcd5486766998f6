package convoy.model.engine;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * For a network's first layer: leaves out the gradient of the image, which nobody needs and which
 * oneDNN's operation cannot leave out.
 *
 * <p>Where maximum pooling comes next, at most one value in each of its windows has a gradient. The
 * gradient of the weights is then summed over those alone, in plain Java: on 28x28 images in
 * minibatches of 128, 6 filters of 5x5, 1.3 ms in place of 22 ms. Elsewhere it is a product of
 * matrices. Windows further apart than a pixel, or with gaps, take oneDNN's way.
 */
final class FirstConvolutionHelper extends ShortcutHelper {
  /** Columns of a filter that are summed at a time, so that their sums stay in registers. */
  private static final int COLUMNS = 5;

  private final MaxPoolingHelper pooling;
  private final UnfoldedProduct product = new UnfoldedProduct();
  // Sums of columns that a filter does not have read on behind the end.
  private final PaddedImage image = new PaddedImage(COLUMNS);
  private float[] gradients = new float[0];
  private int[] places = new int[0];

  /**
   * For one layer.
   *
   * @param pooling of the next layer; null if that is something else
   */
  FirstConvolutionHelper(MaxPoolingHelper pooling) {
    this.pooling = pooling;
  }

  /** DL4J's own code takes all gradients from the array. */
  @Override
  void failed() {
    if (pooling != null) {
      pooling.giveAll();
    }
  }

  @Override
  INDArray shortcut(Backward pass) {
    INDArray delta = pass.delta();
    boolean pooled = pooling != null && pooling.gave(delta);
    try {
      return shortcut(pass, pooled);
    } catch (RuntimeException e) {
      // DL4J goes on with its own code, in this pass and from then on.
      if (pooled) {
        pooling.fill(delta);
      }
      failed();
      throw e;
    }
  }

  private INDArray shortcut(Backward pass, boolean pooled) {
    INDArray input = pass.input();
    INDArray delta = pass.delta();
    boolean applies =
        pass.format() == CNN2DFormat.NCHW
            && pass.windowsTouch()
            && pass.isSolid()
            && OffHeap.liesInRows(input)
            && OffHeap.liesInRows(delta);
    if (applies && pooled) {
      sum(pass);
    } else if (applies && product.isSmall(pass)) {
      product.write(pass);
    } else {
      if (pooled) {
        pooling.fill(delta);
      }
      return null;
    }
    return pass.workspaces().create(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape());
  }

  /** Adds up image values times gradients, in float over an image and in double over all. */
  private void sum(Backward pass) {
    INDArray input = pass.input();
    // [filters, channels, window height, window width]
    INDArray weights = pass.weightGradient();
    int filters = (int) weights.size(0);
    int channels = (int) weights.size(1);
    int rows = (int) weights.size(2);
    int columns = (int) weights.size(3);
    int windows = pooling.windows();
    gradients = atLeast(gradients, windows);
    places = places.length < windows ? new int[windows] : places;
    float[] five = new float[COLUMNS];
    double[] weightSums = new double[filters * channels * rows * columns];
    double[] biasSums = new double[filters];
    for (int i = 0; i < input.size(0); i++) {
      image.load(pass, i);
      for (int filter = 0; filter < filters; filter++) {
        int first = (i * filters + filter) * windows;
        int count = gather(first, windows, image.pitch());
        biasSums[filter] += sum(gradients, count);
        int to = filter * channels * rows * columns;
        for (int channel = 0; channel < channels; channel++) {
          for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column += COLUMNS) {
              int at = channel * image.plane() + row * image.pitch() + column;
              sum(at, count, five);
              for (int k = 0; k < Math.min(COLUMNS, columns - column); k++) {
                weightSums[to++] += five[k];
              }
            }
          }
        }
      }
    }
    assign(weights, weightSums);
    if (pass.biasGradient() != null) {
      assign(pass.biasGradient(), biasSums);
    }
  }

  /**
   * Puts together the gradients of one filter and one image that are not 0, and their places in a
   * padded plane.
   *
   * @param first of the filter's and image's windows
   * @return how many they are
   */
  private int gather(int first, int windows, int pitch) {
    int count = 0;
    for (int i = first; i < first + windows; i++) {
      int place = pooling.places()[i];
      places[count] = (place >>> 16) * pitch + (place & 0xffff);
      gradients[count] = pooling.gradients()[i];
      // 1 unless all bits but the sign are 0; a branch would often be mispredicted.
      int bits = Float.floatToRawIntBits(gradients[count]) << 1;
      count += (bits | -bits) >>> 31;
    }
    return count;
  }

  /** One row of a window, {@link #COLUMNS} of its columns, over all places that have a gradient. */
  private void sum(int offset, int count, float[] result) {
    float[] values = image.values();
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    for (int i = 0; i < count; i++) {
      float gradient = gradients[i];
      int place = offset + places[i];
      a = Math.fma(gradient, values[place], a);
      b = Math.fma(gradient, values[place + 1], b);
      c = Math.fma(gradient, values[place + 2], c);
      d = Math.fma(gradient, values[place + 3], d);
      e = Math.fma(gradient, values[place + 4], e);
    }
    result[0] = a;
    result[1] = b;
    result[2] = c;
    result[3] = d;
    result[4] = e;
  }

  private static float sum(float[] values, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static float[] atLeast(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  private static void assign(INDArray to, double[] values) {
    to.assign(Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape('c', to.shape()));
  }
}
