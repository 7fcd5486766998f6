package convoy.driver.train;

import convoy.driver.train.TrainingListener.EpochSummary;
import java.io.Serializable;

/**
 * What a round gave, or an epoch's rounds so far.
 *
 * @param images used
 * @param lossSum over them, as they were trained on
 * @param correct of them likewise
 * @param computeSeconds of the slowest worker, summed over rounds
 * @param averagingSeconds in which the driver formed means
 * @param seconds of the rounds
 */
public record EpochSums(
    long images,
    double lossSum,
    long correct,
    double computeSeconds,
    double averagingSeconds,
    double seconds)
    implements Serializable {
  static final EpochSums NONE = new EpochSums(0, 0, 0, 0, 0, 0);

  EpochSums plus(EpochSums round) {
    return new EpochSums(
        images + round.images,
        lossSum + round.lossSum,
        correct + round.correct,
        computeSeconds + round.computeSeconds,
        averagingSeconds + round.averagingSeconds,
        seconds + round.seconds);
  }

  /**
   * The epoch as it is reported.
   *
   * @param epoch from 1
   */
  EpochSummary summary(int epoch, int round, int iteration) {
    return new EpochSummary(
        epoch,
        round,
        iteration,
        images,
        lossSum / images,
        (double) correct / images,
        images / seconds,
        seconds,
        computeSeconds,
        averagingSeconds,
        Math.max(0, seconds - computeSeconds - averagingSeconds));
  }
}
