package convoy.driver.train;

import java.io.Serializable;
import java.util.Objects;

/**
 * How one run trains.
 *
 * @param workers networks that train at a time, each on its own shard, at least 1
 * @param epochs passes over the training images; 0 where {@code steps} counts instead
 * @param steps minibatches of each worker; 0 where {@code epochs} counts instead
 * @param batchSize images of one minibatch of one worker, at least 1
 * @param seed what initial parameters, order of images, augmentation and dropout follow from
 */
public record TrainingPlan(
    int workers, int epochs, int steps, int batchSize, long seed, Averaging averaging)
    implements Serializable {
  /** Refuses what cannot be trained by. */
  public TrainingPlan {
    atLeastOne("--workers", workers);
    atLeastOne("--batch-size", batchSize);
    Objects.requireNonNull(averaging, "averaging");
    if (epochs < 0 || steps < 0 || (epochs == 0) == (steps == 0)) {
      throw new IllegalArgumentException(
          "one of --epochs and --steps must be at least 1 and the other absent, got %d and %d"
              .formatted(epochs, steps));
    }
  }

  /** Minibatches of a run's longest shard in an epoch. */
  public static int minibatchesPerEpoch(long images, int workers, int batchSize) {
    return RoundOrder.minibatches((images + workers - 1) / workers, batchSize);
  }

  /** Whether training ends after that many passes or minibatches. */
  boolean endsAt(int epoch, int iteration) {
    return epochs > 0 ? epoch >= epochs : iteration >= steps;
  }

  /** Minibatches that a worker may fit in a round that starts at that iteration. */
  int minibatchesFrom(int iteration) {
    int frequency = averaging.frequency().at(iteration);
    return steps > 0 ? Math.min(frequency, steps - iteration) : frequency;
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, got %d".formatted(option, value));
    }
  }
}
