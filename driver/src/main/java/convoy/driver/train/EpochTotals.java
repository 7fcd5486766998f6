package convoy.driver.train;

import convoy.driver.train.TrainingListener.EpochSummary;
import convoy.driver.train.TrainingListener.Progress;

/** Sums an epoch's rounds. */
final class EpochTotals {
  private final int epoch;
  private final long of;
  private long images;
  private double lossSum;
  private long correct;
  private double computeSeconds;
  private double averagingSeconds;
  private double seconds;

  /**
   * Nothing yet.
   *
   * @param epoch from 0
   * @param of images that a whole epoch uses
   */
  EpochTotals(int epoch, long of) {
    this.epoch = epoch;
    this.of = of;
  }

  void add(Round round) {
    images += round.images();
    lossSum += round.lossSum();
    correct += round.correct();
    computeSeconds += round.computeSeconds();
    averagingSeconds += round.averagingSeconds();
    seconds += round.seconds();
  }

  Progress progress() {
    return new Progress(epoch + 1, images, of, lossSum / images, images / seconds);
  }

  EpochSummary summary(int round, int iteration) {
    return new EpochSummary(
        epoch + 1,
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
