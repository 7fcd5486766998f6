package convoy.driver.train;

import java.io.Serializable;
import java.util.Objects;

/**
 * How the workers' results of a round become the state of the next.
 *
 * @param frequency minibatches of a worker between two averagings
 * @param outerLearningRate share of the way from the state before the round to the mean, above 0; 1
 *     for the mean itself
 * @param outerMomentum Nesterov's, over those ways, from 0 to below 1; 0 for none
 * @param movingAverage decay a minibatch of the exponential moving average of the parameters that
 *     is evaluated and saved in their place, from 0 to below 1; 0 for none
 * @param updaterState what becomes of the optimizers' own state
 * @param statisticsBatches minibatches by which batch normalisation's statistics are measured anew
 *     before every evaluation; 0 for those that training gathered
 */
public record Averaging(
    AveragingFrequency frequency,
    double outerLearningRate,
    double outerMomentum,
    double movingAverage,
    UpdaterState updaterState,
    int statisticsBatches)
    implements Serializable {
  /** Refuses what is out of range. */
  public Averaging {
    Objects.requireNonNull(frequency, "frequency");
    Objects.requireNonNull(updaterState, "updaterState");
    if (!(outerLearningRate > 0) || Double.isInfinite(outerLearningRate)) {
      throw new IllegalArgumentException(
          "--outer-learning-rate must be above 0, got " + outerLearningRate);
    }
    belowOne("--outer-momentum", outerMomentum);
    belowOne("--moving-average", movingAverage);
    if (statisticsBatches < 0) {
      throw new IllegalArgumentException(
          "statistics batches must be at least 0, got " + statisticsBatches);
    }
  }

  /** The mean and nothing else, every {@code frequency} minibatches. */
  public static Averaging plain(int frequency) {
    return new Averaging(AveragingFrequency.constant(frequency), 1, 0, 0, UpdaterState.AVERAGED, 0);
  }

  /** Whether anything is done with the mean but to take it. */
  boolean hasOuterStep() {
    return outerMomentum > 0 || outerLearningRate != 1;
  }

  private static void belowOne(String option, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "%s must be at least 0 and below 1, got %s".formatted(option, value));
    }
  }

  /** What becomes of the optimizers' own state, such as momentum, after a round. */
  public enum UpdaterState {
    /** It is averaged as parameters are. */
    AVERAGED,

    /** Every round begins without any. */
    RESET
  }
}
