package convoy.model.engine;

import convoy.model.zoo.InputShape;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One minibatch outside the heap, in arrays that are kept from one to the next of the same size.
 */
final class Minibatch implements AutoCloseable {
  private final InputShape input;
  private final int pixels;
  private final int classes;
  private final float right;
  private final float wrong;
  private INDArray images;
  private INDArray labels;
  private float[] targets;

  /**
   * For a network.
   *
   * @param labelSmoothing what all classes share of each label's 1
   */
  Minibatch(Blueprint blueprint, double labelSmoothing) {
    input = blueprint.input();
    pixels = blueprint.pixels();
    classes = blueprint.classes();
    wrong = (float) (labelSmoothing / classes);
    right = (float) (1 - labelSmoothing + labelSmoothing / classes);
  }

  /** As [count, channels, height, width]; the next call overwrites it. */
  INDArray images() {
    return images;
  }

  /** As [count, classes], each row of sum 1; the next call overwrites it. */
  INDArray labels() {
    return labels;
  }

  /** Refuses fewer values than so many images have. */
  void require(float[] imageValues, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
    if (imageValues.length < (long) count * pixels) {
      throw new IllegalArgumentException(
          "images: %d of %s take %d values, got %d"
              .formatted(count, input, (long) count * pixels, imageValues.length));
    }
  }

  /**
   * Takes the images {@code from} to {@code from + count - 1}, which are {@link #require there}.
   */
  void fill(float[] imageValues, int from, int count) {
    resize(count);
    OffHeap.write(imageValues, from * pixels, images);
  }

  void fill(float[] imageValues, int count) {
    require(imageValues, count);
    fill(imageValues, 0, count);
  }

  void fill(float[] imageValues, int[] classOfEach, int count) {
    if (classOfEach.length < count) {
      throw new IllegalArgumentException(
          "labels: expected at least %d, got %d".formatted(count, classOfEach.length));
    }
    for (int i = 0; i < count; i++) {
      if (classOfEach[i] < 0 || classOfEach[i] >= classes) {
        throw new IllegalArgumentException(
            "label %d: must be 0 to %d, got %d".formatted(i, classes - 1, classOfEach[i]));
      }
    }
    fill(imageValues, count);
    Arrays.fill(targets, wrong);
    for (int i = 0; i < count; i++) {
      targets[i * classes + classOfEach[i]] = right;
    }
    OffHeap.write(targets, labels);
  }

  private void resize(int count) {
    if (images != null && images.size(0) == count) {
      return;
    }
    close();
    images = OffHeap.create('c', count, input.channels(), input.height(), input.width());
    labels = OffHeap.create('c', count, classes);
    targets = new float[count * classes];
  }

  @Override
  public void close() {
    if (images != null) {
      images.close();
      labels.close();
      images = null;
    }
  }
}
