package convoy.data;

import java.io.Serializable;

/**
 * The shape of every image of a set.
 *
 * @param channels colour planes, 1 to 16
 * @param height rows, 1 to 16,384
 * @param width columns, 1 to 16,384
 */
public record ImageShape(int channels, int height, int width) implements Serializable {
  private static final int MOST_CHANNELS = 16;
  private static final int LONGEST_SIDE = 16_384;

  /** Refuses a shape no image file means, before anything is allocated for it. */
  public ImageShape {
    if (channels < 1 || channels > MOST_CHANNELS) {
      throw new IllegalArgumentException(
          "channels must be 1 to " + MOST_CHANNELS + ", got " + channels);
    }
    if (height < 1 || height > LONGEST_SIDE || width < 1 || width > LONGEST_SIDE) {
      throw new IllegalArgumentException(
          "height and width must be 1 to " + LONGEST_SIDE + ", got " + height + "x" + width);
    }
  }

  /** Bytes of one image: channels × height × width. */
  public int pixels() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** For example {@code 28x28x1}: height, width, channels. */
  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
