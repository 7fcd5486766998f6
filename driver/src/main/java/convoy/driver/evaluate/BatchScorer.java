package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.augment.View;
import convoy.driver.dataset.ImageBlock;
import convoy.model.engine.LocalScorer;
import java.util.concurrent.CancellationException;

/** Shows batches to a network, on one thread of an executor. */
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
     * Writes one image into a batch.
     *
     * @param pixels unsigned bytes [batch, channels, height, width]
     * @param at where the image starts in both arrays
     * @param images floats, likewise
     */
    void write(byte[] pixels, int at, long id, float[] images);
  }

  /** An image as a view has it. */
  static Look look(ImageShape shape, View view) {
    return (pixels, at, id, images) -> view.write(shape, pixels, at, images, at);
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
    int values = batch.size() * shape.pixels();
    images = images.length < values ? new float[values] : images;
    for (int i = 0; i < batch.size(); i++) {
      look.write(batch.pixels(), i * shape.pixels(), batch.id(i), images);
    }
    float[] probabilities = scorer.score(images, batch.size());
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
