package convoy.data.augment;

import convoy.data.ImageShape;
import java.util.Objects;

/**
 * Writes images into a minibatch, varied by a draw that follows from (seed, epoch, image id) alone.
 *
 * <p>For one thread at a time. Allocates nothing per image.
 */
public final class Augmenter {
  private final Augmentation augmentation;
  private final ImageShape shape;
  private final long seed;
  private final AffineSampler sampler;

  public Augmenter(Augmentation augmentation, ImageShape shape, long seed) {
    this.augmentation = augmentation;
    this.shape = shape;
    this.seed = seed;
    this.sampler = new AffineSampler(shape);
  }

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
    Objects.checkFromIndexSize(from, shape.pixels(), pixels.length);
    Objects.checkFromIndexSize(to, shape.pixels(), batch.length);
    long state = Draw.state(seed, epoch, id);
    boolean mirrored = augmentation.horizontalFlip() && Draw.coin(state, Draw.HORIZONTAL_FLIP);
    boolean inverted = augmentation.verticalFlip() && Draw.coin(state, Draw.VERTICAL_FLIP);
    if (!augmentation.interpolates()) {
      copy(pixels, from, mirrored, inverted, batch, to);
      return;
    }
    double radians =
        Math.toRadians(Draw.symmetric(state, Draw.ROTATION, augmentation.rotationDegrees()));
    double rows =
        Draw.symmetric(state, Draw.HEIGHT_SHIFT, augmentation.heightShift()) * shape.height();
    double columns =
        Draw.symmetric(state, Draw.WIDTH_SHIFT, augmentation.widthShift()) * shape.width();
    sampler.write(pixels, from, radians, rows, columns, mirrored, inverted, batch, to);
  }

  /** Every pixel as it is, {@code value / 255f}: what DL4J's ImagePreProcessingScaler computes. */
  private void copy(
      byte[] pixels, int from, boolean mirrored, boolean inverted, float[] batch, int to) {
    int height = shape.height();
    int width = shape.width();
    int target = to;
    for (int channel = 0; channel < shape.channels(); channel++) {
      int plane = from + channel * height * width;
      for (int row = 0; row < height; row++) {
        int source = plane + (inverted ? height - 1 - row : row) * width;
        if (mirrored) {
          for (int column = width - 1; column >= 0; column--) {
            batch[target++] = UnitScale.of(pixels[source + column]);
          }
        } else {
          for (int column = 0; column < width; column++) {
            batch[target++] = UnitScale.of(pixels[source + column]);
          }
        }
      }
    }
  }
}
