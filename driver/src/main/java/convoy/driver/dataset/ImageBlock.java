package convoy.driver.dataset;

import convoy.data.ImageShape;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Some images of a set as bytes, as they lie in an executor's memory.
 *
 * <p>A plain class over primitive arrays, so that it travels with either of Spark's serialisers.
 * Arrays are handed out without a copy; whoever reads them must not write to them.
 */
public final class ImageBlock implements Serializable {
  /** The id of a place that holds no image yet. */
  static final long NO_ID = -1;

  private static final long serialVersionUID = 1L;

  private final long[] ids;
  private final int[] labels;
  private final byte[] pixels;

  /**
   * Takes ownership of the arrays.
   *
   * @param pixels unsigned bytes [image, channel, row, column]
   */
  ImageBlock(long[] ids, int[] labels, byte[] pixels) {
    this.ids = ids;
    this.labels = labels;
    this.pixels = pixels;
  }

  /** Room for {@code size} images, each with {@link #NO_ID} until it is put there. */
  static ImageBlock unfilled(int size, ImageShape shape) {
    long[] ids = new long[size];
    Arrays.fill(ids, NO_ID);
    return new ImageBlock(ids, new int[size], new byte[Math.multiplyExact(size, shape.pixels())]);
  }

  /** Number of images. */
  public int size() {
    return ids.length;
  }

  /** The id of an image in its set. */
  public long id(int index) {
    return ids[index];
  }

  /** The class of an image, from 0. */
  public int label(int index) {
    return labels[index];
  }

  /** Unsigned bytes [image, channel, row, column]. Not a copy. */
  public byte[] pixels() {
    return pixels;
  }

  /** Copies image {@code from} of another block of the same shape to place {@code to} here. */
  void put(int to, ImageBlock other, int from, int bytes) {
    ids[to] = other.ids[from];
    labels[to] = other.labels[from];
    System.arraycopy(other.pixels, from * bytes, pixels, to * bytes, bytes);
  }

  /** The first {@code size} images, without a copy where that is all of them. */
  ImageBlock first(int size) {
    if (size == ids.length) {
      return this;
    }
    int bytes = size == 0 ? 0 : pixels.length / ids.length * size;
    return new ImageBlock(
        Arrays.copyOf(ids, size), Arrays.copyOf(labels, size), Arrays.copyOf(pixels, bytes));
  }

  /** Sets one image from a row of a prepared set. */
  void set(int index, long id, int label, byte[] image) {
    ids[index] = id;
    labels[index] = label;
    System.arraycopy(image, 0, pixels, index * image.length, image.length);
  }
}
