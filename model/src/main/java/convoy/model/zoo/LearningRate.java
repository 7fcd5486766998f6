package convoy.model.zoo;

import java.util.Objects;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The step size of a run.
 *
 * @param value above 0
 * @param iterations minibatches of each worker in the whole run, at least 1
 */
public record LearningRate(double value, Schedule schedule, int iterations) {
  public LearningRate {
    Recipe.requireLearningRate(value);
    Objects.requireNonNull(schedule, "schedule");
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations must be at least 1, got " + iterations);
    }
  }

  /** The same from the first minibatch to the last, however many. */
  public static LearningRate constant(double value) {
    return new LearningRate(value, Schedule.CONSTANT, 1);
  }

  /** DL4J's updater of an optimizer that steps so. */
  IUpdater updater(Optimizer optimizer) {
    IUpdater updater = optimizer.updater(value);
    schedule.govern(updater, value, iterations);
    return updater;
  }
}
