package convoy.data.augment;

import convoy.data.ImageShape;

/** Writes images into a minibatch, varied by a draw that follows from (seed, epoch, image id) alone. */
public final class Augmenter {
  public Augmenter(Augmentation augmentation, ImageShape shape, long seed) {}

  /**
   * Writes one image, as floats from 0 to 1, into a minibatch.
   *
   * @param pixels unsigned bytes
   * @param from where the image starts in {@code pixels}
   * @param id the image's id in its set
   * @param epoch from 0
   * @param batch [batch, channels, height, width]
   * @param to where the image starts in {@code batch}
   */
  public void write(byte[] pixels, int from, long id, int epoch, float[] batch, int to) {
    throw new UnsupportedOperationException();
  }
}
