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
  private INDArray images;
  private INDArray labels;
  private float[] oneHot;

  Minibatch(Blueprint blueprint) {
    input = blueprint.input();
    pixels = blueprint.pixels();
    classes = blueprint.classes();
  }

  /** As [count, channels, height, width]; the next call overwrites it. */
  INDArray images() {
    return images;
  }

  /** As [count, classes], one 1 in each row; the next call overwrites it. */
  INDArray labels() {
    return labels;
  }

  void fill(float[] imageValues, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
    if (imageValues.length < (long) count * pixels) {
      throw new IllegalArgumentException(
          "images: %d of %s take %d values, got %d"
              .formatted(count, input, (long) count * pixels, imageValues.length));
    }
    resize(count);
    OffHeap.write(imageValues, images);
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
    Arrays.fill(oneHot, 0);
    for (int i = 0; i < count; i++) {
      oneHot[i * classes + classOfEach[i]] = 1;
    }
    OffHeap.write(oneHot, labels);
  }

  private void resize(int count) {
    if (images != null && images.size(0) == count) {
      return;
    }
    close();
    images = OffHeap.create('c', count, input.channels(), input.height(), input.width());
    labels = OffHeap.create('c', count, classes);
    oneHot = new float[count * classes];
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
