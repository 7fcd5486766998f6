package convoy.model.zoo;

import java.io.Serializable;
import java.util.Objects;

/**
 * How a network is trained unless the command line says otherwise.
 *
 * @param learningRate step size, above 0
 * @param batchSize images of one minibatch of one worker, at least 1
 * @param epochs passes over the training images; 0 where {@code steps} counts instead
 * @param steps minibatches of each worker; 0 where {@code epochs} counts instead
 */
public record Recipe(
    Optimizer optimizer,
    double learningRate,
    Schedule schedule,
    int batchSize,
    int epochs,
    int steps)
    implements Serializable {
  public Recipe {
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(schedule, "schedule");
    requireLearningRate(learningRate);
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, got " + batchSize);
    }
    if (epochs < 0 || steps < 0 || (epochs == 0) == (steps == 0)) {
      throw new IllegalArgumentException(
          "either epochs or steps must be at least 1 and the other 0, got %d epochs and %d steps"
              .formatted(epochs, steps));
    }
  }

  static Recipe ofEpochs(Optimizer optimizer, double learningRate, int batchSize, int epochs) {
    return new Recipe(optimizer, learningRate, Schedule.CONSTANT, batchSize, epochs, 0);
  }

  static Recipe ofSteps(Optimizer optimizer, double learningRate, int batchSize, int steps) {
    return new Recipe(optimizer, learningRate, Schedule.CONSTANT, batchSize, 0, steps);
  }

  Recipe with(Schedule other) {
    return new Recipe(optimizer, learningRate, other, batchSize, epochs, steps);
  }

  static void requireLearningRate(double learningRate) {
    if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learning rate must be above 0 and finite, got " + learningRate);
    }
  }
}
