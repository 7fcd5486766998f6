package convoy.model.zoo;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Whether images are large enough for a network's windows. */
final class Fit {
  private Fit() {}

  /**
   * Checks what every network asks of its images and classes.
   *
   * @throws IllegalArgumentException naming the first layer whose window exceeds what reaches it
   */
  static void require(String network, InputShape input, int classes, List<Layer> layers) {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "%s: classes must be at least 2, got %d".formatted(network, classes));
    }
    int height = input.height();
    int width = input.width();
    for (Layer layer : layers) {
      Window window = Window.of(layer);
      if (!window.fits(height) || !window.fits(width)) {
        int least = leastSide(layers);
        throw new IllegalArgumentException(
            ("%s does not fit images of %s: layer %s has windows of %dx%d, and only %dx%d of the"
                    + " image reaches it. Use images of at least %dx%d, or another network.")
                .formatted(
                    network,
                    input,
                    layer.getLayerName(),
                    window.size,
                    window.size,
                    height,
                    width,
                    least,
                    least));
      }
      height = window.slide(height);
      width = window.slide(width);
    }
  }

  private static int leastSide(List<Layer> layers) {
    int side = 1;
    while (!fits(side, layers)) {
      side++;
    }
    return side;
  }

  private static boolean fits(int side, List<Layer> layers) {
    int left = side;
    for (Layer layer : layers) {
      Window window = Window.of(layer);
      if (!window.fits(left)) {
        return false;
      }
      left = window.slide(left);
    }
    return true;
  }

  /** A square window and how it moves. */
  private record Window(int size, int stride, boolean padded) {
    static Window of(Layer layer) {
      if (layer instanceof ConvolutionLayer convolution) {
        return new Window(
            convolution.getKernelSize()[0],
            convolution.getStride()[0],
            convolution.getConvolutionMode() == ConvolutionMode.Same);
      }
      if (layer instanceof SubsamplingLayer pool) {
        return new Window(pool.getKernelSize()[0], pool.getStride()[0], false);
      }
      return new Window(1, 1, false);
    }

    boolean fits(int side) {
      return padded || side >= size;
    }

    int slide(int side) {
      return padded ? (side + stride - 1) / stride : (side - size) / stride + 1;
    }
  }
}
