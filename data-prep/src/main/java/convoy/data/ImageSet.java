package convoy.data;

/**
 * Labelled images in memory, immutable by contract: the one owner of their pixels.
 *
 * <p>Pixels are unsigned bytes, 0 to 255, in the order [image, channel, row, column], in one array
 * that {@link #pixels()} hands out without a copy; whoever reads it must not write to it.
 */
public final class ImageSet {
  private final ImageShape shape;
  private final byte[] pixels;
  private final int[] labels;

  /**
   * Takes ownership of both arrays.
   *
   * @param pixels unsigned bytes [image, channel, row, column]
   * @param labels the class of each image, from 0
   */
  public ImageSet(ImageShape shape, byte[] pixels, int[] labels) {
    if (pixels.length != (long) labels.length * shape.pixels()) {
      throw new IllegalArgumentException(
          "expected %d bytes for %d images of %s, found %d"
              .formatted(
                  (long) labels.length * shape.pixels(), labels.length, shape, pixels.length));
    }
    this.shape = shape;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** The shape of every image. */
  public ImageShape shape() {
    return shape;
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }

  /** The class of image {@code index}, from 0. */
  public int label(int index) {
    return labels[index];
  }

  /**
   * All pixels; image {@code i} starts at {@code i * shape().pixels()}. Not a copy: do not write to
   * it.
   */
  public byte[] pixels() {
    return pixels;
  }
}
