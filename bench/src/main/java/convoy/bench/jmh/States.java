package convoy.bench.jmh;

import convoy.model.engine.TrainingState;
import java.util.Random;

/** States of networks that were never trained. */
final class States {
  private States() {}

  /** With Adam's two values for each parameter. */
  static TrainingState random(int parameters, long seed) {
    Random random = new Random(seed);
    return new TrainingState(floats(random, parameters), floats(random, 2 * parameters), 10, 0);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
