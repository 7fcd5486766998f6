package convoy.data.augment;

import convoy.data.ImageShape;
import java.io.Serializable;

/**
 * A fixed way to look at an image: mirrored or not, then moved, edge pixels repeated.
 *
 * @param down rows that the content moves down
 * @param right columns that it moves right
 */
public record View(int down, int right, boolean mirrored) implements Serializable {
  /** The image as it is. */
  public static final View PLAIN = new View(0, 0, false);

  /**
   * Writes one image, as floats from 0 to 1, into a batch.
   *
   * @param pixels unsigned bytes
   * @param from where the image starts in {@code pixels}
   * @param batch [batch, channels, height, width]
   * @param to where the image starts in {@code batch}
   */
  public void write(ImageShape shape, byte[] pixels, int from, float[] batch, int to) {
    if (equals(PLAIN)) {
      for (int i = 0; i < shape.pixels(); i++) {
        batch[to + i] = UnitScale.of(pixels[from + i]);
      }
      return;
    }
    int height = shape.height();
    int width = shape.width();
    int target = to;
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int row = 0; row < height; row++) {
        int source = from + (channel * height + clamped(row - down, height)) * width;
        for (int column = 0; column < width; column++) {
          int moved = clamped(column - right, width);
          batch[target++] = UnitScale.of(pixels[source + (mirrored ? width - 1 - moved : moved)]);
        }
      }
    }
  }

  private static int clamped(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }
}
