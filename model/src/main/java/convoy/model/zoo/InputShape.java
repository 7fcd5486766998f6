package convoy.model.zoo;

import java.io.Serializable;

/**
 * The images a network works with.
 *
 * @param channels colour planes, at least 1
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record InputShape(int channels, int height, int width) implements Serializable {
  public InputShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "channels, height and width must be at least 1, got %d, %d, %d"
              .formatted(channels, height, width));
    }
  }

  /** Of one image. */
  public int values() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** For example {@code 28x28x1}: height, width, channels. */
  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
