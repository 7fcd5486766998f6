package convoy.model.engine;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One image at a time of a convolution's input, on the heap, each channel as a plane with the zeros
 * around it that windows reach into. Windows lie one pixel apart.
 */
final class PaddedImage {
  private final int beyond;
  private float[] values = new float[0];
  private int pitch;
  private int plane;

  /**
   * For one layer.
   *
   * @param beyond zeros behind the last plane
   */
  PaddedImage(int beyond) {
    this.beyond = beyond;
  }

  /** Plane after plane, as loaded last. */
  float[] values() {
    return values;
  }

  /** From a row to the next. */
  int pitch() {
    return pitch;
  }

  /** From a plane to the next. */
  int plane() {
    return plane;
  }

  /**
   * Takes in the image of this number.
   *
   * @param pass whose input lies densely in C order, [images, channels, height, width]
   */
  void load(ShortcutHelper.Backward pass, int image) {
    INDArray input = pass.input();
    int channels = (int) input.size(1);
    int height = (int) input.size(2);
    int width = (int) input.size(3);
    int before = pitch;
    pitch = (int) (pass.delta().size(3) + pass.weightGradient().size(3) - 1);
    plane = (int) (pass.delta().size(2) + pass.weightGradient().size(2) - 1) * pitch;
    // Nothing but zeros may lie around an image of another size.
    if (values.length != channels * plane + beyond || pitch != before) {
      values = new float[channels * plane + beyond];
    }
    FloatBuffer images = OffHeap.floats(input);
    for (int channel = 0; channel < channels; channel++) {
      for (int row = 0; row < height; row++) {
        images.get(
            ((image * channels + channel) * height + row) * width,
            values,
            channel * plane + (row + pass.top()) * pitch + pass.left(),
            width);
      }
    }
  }
}
