package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.augment.View;
import convoy.driver.dataset.ImageBlock;
import convoy.model.engine.LocalScorer;
import java.util.concurrent.CancellationException;

/**
 * Shows batches to a network, on one thread of an executor; no more of a batch becomes floats than
 * the network is given at once, so that they are still in the cache when it reads them.
 */
final class BatchScorer {
  private final LocalScorer scorer;
  private final ImageShape shape;
  private float[] images = {};

  /** With a network that has its parameters. */
  BatchScorer(LocalScorer scorer, ImageShape shape) {
    this.scorer = scorer;
    this.shape = shape;
  }

  /** How an image is shown. */
  interface Look {
    /**
     * Writes one image into what the network is given.
     *
     * @param pixels unsigned bytes [batch, channels, height, width]
     * @param from where the image starts in {@code pixels}
     * @param images floats, likewise
     * @param to where the image starts in {@code images}
     */
    void write(byte[] pixels, int from, long id, float[] images, int to);
  }

  /** An image as a view has it. */
  static Look look(ImageShape shape, View view) {
    return (pixels, from, id, images, to) -> view.write(shape, pixels, from, images, to);
  }

  /**
   * The class probabilities.
   *
   * @return [batch, classes]
   * @throws CancellationException if the task was killed
   * @throws InvalidDataException if a probability is not a number
   */
  float[] score(ImageBlock batch, Look look) {
    if (Thread.interrupted()) {
      throw new CancellationException("the task was killed");
    }
    int pixels = shape.pixels();
    int atOnce = Math.min(scorer.atOnce(), batch.size());
    images = images.length < atOnce * pixels ? new float[atOnce * pixels] : images;
    float[] probabilities = {};
    for (int from = 0; from < batch.size(); from += atOnce) {
      int count = Math.min(atOnce, batch.size() - from);
      for (int i = 0; i < count; i++) {
        int at = (from + i) * pixels;
        look.write(batch.pixels(), at, batch.id(from + i), images, i * pixels);
      }
      float[] part = scorer.score(images, count);
      int classes = part.length / count;
      probabilities = from == 0 ? new float[batch.size() * classes] : probabilities;
      System.arraycopy(part, 0, probabilities, from * classes, part.length);
    }
    requireNumbers(batch, probabilities);
    return probabilities;
  }

  private static void requireNumbers(ImageBlock batch, float[] probabilities) {
    int classes = probabilities.length / batch.size();
    for (int i = 0; i < probabilities.length; i++) {
      if (Float.isNaN(probabilities[i])) {
        throw new InvalidDataException(
            "image %d: the model gives no number for it; its parameters have left what a float holds. Train again with a lower --learning-rate."
                .formatted(batch.id(i / classes)));
      }
    }
  }
}
