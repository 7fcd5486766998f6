package convoy.data.augment;

import convoy.data.ImageShape;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Changes images by {@link Perturbation}s. What is left to chance follows from the kind and the
 * image's id alone, so that every network is shown the same images.
 *
 * <p>For one thread at a time.
 */
public final class Perturber {
  private static final long SEED = 0x5eed;

  private final ImageShape shape;
  private final AffineSampler sampler;
  private final float[] between;

  public Perturber(ImageShape shape) {
    this.shape = shape;
    sampler = new AffineSampler(shape);
    between = new float[shape.pixels()];
  }

  /**
   * Writes one image, as floats from 0 to 1, into a batch.
   *
   * @param pixels unsigned bytes
   * @param from where the image starts in {@code pixels}
   * @param id the image's id in its set
   * @param batch [batch, channels, height, width]
   * @param to where the image starts in {@code batch}
   */
  public void write(Perturbation how, byte[] pixels, int from, long id, float[] batch, int to) {
    Objects.checkFromIndexSize(from, shape.pixels(), pixels.length);
    Objects.checkFromIndexSize(to, shape.pixels(), batch.length);
    SplittableRandom random =
        new SplittableRandom(Draw.state(SEED, how.kind().name().hashCode(), id));
    double amount = how.amount();
    switch (how.kind()) {
      case ROTATION -> {
        double radians = Math.toRadians(random.nextBoolean() ? amount : -amount);
        sampler.write(pixels, from, radians, 0, 0, false, false, batch, to);
      }
      case SHIFT -> {
        double direction = 2 * Math.PI * random.nextDouble();
        double pixelsFar = amount * Math.min(shape.height(), shape.width());
        sampler.write(
            pixels,
            from,
            0,
            pixelsFar * Math.sin(direction),
            pixelsFar * Math.cos(direction),
            false,
            false,
            batch,
            to);
      }
      case BRIGHTNESS -> {
        View.PLAIN.write(shape, pixels, from, batch, to);
        scale(batch, to, 1, (float) (random.nextBoolean() ? amount : -amount));
      }
      case CONTRAST -> {
        View.PLAIN.write(shape, pixels, from, batch, to);
        float mean = mean(batch, to);
        scale(batch, to, (float) amount, mean * (float) (1 - amount));
      }
      case NOISE -> {
        View.PLAIN.write(shape, pixels, from, batch, to);
        for (int i = to; i < to + shape.pixels(); i++) {
          batch[i] = held(batch[i] + (float) (amount * random.nextGaussian()));
        }
      }
      case BLUR -> {
        View.PLAIN.write(shape, pixels, from, batch, to);
        blur(batch, to, amount * Math.min(shape.height(), shape.width()) / 32);
      }
      case OCCLUSION -> {
        View.PLAIN.write(shape, pixels, from, batch, to);
        occlude(batch, to, amount, random);
      }
    }
  }

  private static float held(float value) {
    return Math.max(0, Math.min(1, value));
  }

  private void scale(float[] batch, int to, float factor, float summand) {
    for (int i = to; i < to + shape.pixels(); i++) {
      batch[i] = held(factor * batch[i] + summand);
    }
  }

  private float mean(float[] batch, int to) {
    double sum = 0;
    for (int i = to; i < to + shape.pixels(); i++) {
      sum += batch[i];
    }
    return (float) (sum / shape.pixels());
  }

  /** Along rows, then along columns; edge pixels repeated. */
  private void blur(float[] batch, int to, double deviation) {
    int reach = Math.max(1, (int) Math.ceil(3 * deviation));
    float[] weights = new float[2 * reach + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double distance = (i - reach) / deviation;
      weights[i] = (float) Math.exp(-distance * distance / 2);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= (float) sum;
    }
    int height = shape.height();
    int width = shape.width();
    for (int channel = 0; channel < shape.channels(); channel++) {
      int plane = channel * height * width;
      for (int row = 0; row < height; row++) {
        blurLine(batch, to + plane + row * width, between, plane + row * width, 1, width, weights);
      }
      for (int column = 0; column < width; column++) {
        blurLine(between, plane + column, batch, to + plane + column, width, height, weights);
      }
    }
  }

  private static void blurLine(
      float[] source, int from, float[] target, int to, int step, int length, float[] weights) {
    int reach = weights.length / 2;
    for (int i = 0; i < length; i++) {
      float sum = 0;
      for (int w = 0; w < weights.length; w++) {
        int held = Math.max(0, Math.min(length - 1, i + w - reach));
        sum += weights[w] * source[from + held * step];
      }
      target[to + i * step] = sum;
    }
  }

  private void occlude(float[] batch, int to, double share, SplittableRandom random) {
    int height = shape.height();
    int width = shape.width();
    int side = Math.max(1, (int) Math.round(share * Math.min(height, width)));
    int top = random.nextInt(height - side + 1);
    int left = random.nextInt(width - side + 1);
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int row = top; row < top + side; row++) {
        int start = to + (channel * height + row) * width + left;
        java.util.Arrays.fill(batch, start, start + side, 0.5f);
      }
    }
  }
}
