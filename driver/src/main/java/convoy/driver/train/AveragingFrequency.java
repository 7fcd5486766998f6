package convoy.driver.train;

import convoy.model.zoo.LearningRate;
import java.io.Serializable;
import java.util.Objects;

/**
 * How many minibatches a worker fits between two averagings.
 *
 * @param minibatches at least 1; the most for {@link Kind#POST_LOCAL}, the least for {@link
 *     Kind#GROWING}
 * @param rate which the frequency may follow
 */
public record AveragingFrequency(int minibatches, Kind kind, LearningRate rate)
    implements Serializable {
  /** Refuses what is no frequency. */
  public AveragingFrequency {
    if (minibatches < 1) {
      throw new IllegalArgumentException(
          "--averaging-frequency must be at least 1, got " + minibatches);
    }
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(rate, "rate");
  }

  /** Always the same. */
  public static AveragingFrequency constant(int minibatches) {
    return new AveragingFrequency(minibatches, Kind.CONSTANT, LearningRate.constant(1));
  }

  /** Minibatches of a round that starts after {@code iteration} others. */
  int at(int iteration) {
    return switch (kind) {
      case CONSTANT -> minibatches;
      case POST_LOCAL -> iteration < rate.firstDecay() ? 1 : minibatches;
      case GROWING -> iteration < rate.firstDecay() ? minibatches : grown(iteration);
    };
  }

  private int grown(int iteration) {
    double fallen = rate.highest() / rate.at(iteration);
    return (int) Math.min(Integer.MAX_VALUE, Math.floor(minibatches * fallen * fallen));
  }

  /** How a frequency changes over a run. */
  public enum Kind {
    /** It stays. */
    CONSTANT,

    /**
     * After every minibatch until the learning rate first falls: Lin et al., "Don't Use Large
     * Mini-Batches, Use Local SGD" (2020), section 3.
     */
    POST_LOCAL,

    /**
     * The square of the factor by which the learning rate has fallen: Gu et al., "A Quadratic
     * Synchronization Rule for Distributed Deep Learning" (2024), section 2.
     */
    GROWING
  }
}
