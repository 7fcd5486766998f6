package convoy.model.engine;

import convoy.model.zoo.InputShape;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Random images with random labels, and the same as DL4J takes them. */
final class Images {
  final InputShape shape;
  final int classes;
  final int count;
  final float[] values;
  final int[] labels;

  Images(InputShape shape, int classes, int count, long seed) {
    this.shape = shape;
    this.classes = classes;
    this.count = count;
    Random random = new Random(seed);
    values = new float[count * shape.channels() * shape.height() * shape.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    labels = random.ints(count, 0, classes).toArray();
  }

  /** As [count, channels, height, width]. */
  INDArray features() {
    return Nd4j.createFromArray(values)
        .reshape(count, shape.channels(), shape.height(), shape.width());
  }

  /** As [count, classes]. */
  INDArray oneHot() {
    float[][] rows = new float[count][classes];
    for (int i = 0; i < count; i++) {
      rows[i][labels[i]] = 1;
    }
    return Nd4j.createFromArray(rows);
  }
}
