package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.io.Serializable;

/** Hears how training goes, on the driver. */
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener SILENT =
      new TrainingListener() {
        @Override
        public void roundDone(Progress progress) {}

        @Override
        public void epochDone(EpochSummary summary, TrainingState state) {}

        @Override
        public void reached(Position position) {}

        @Override
        public boolean hasEnough() {
          return false;
        }
      };

  /** Called after every round. */
  void roundDone(Progress progress);

  /** Called after every epoch, with what is to be evaluated. */
  void epochDone(EpochSummary summary, TrainingState model);

  /**
   * Called after every round, last of all: from here the run could go on another day.
   *
   * <p>Everything about rounds and epochs up to it has been told before.
   */
  void reached(Position position);

  /** Asked before every round, the first as well: whether training may end before its time. */
  boolean hasEnough();

  /**
   * How far an epoch is.
   *
   * @param epoch from 1
   * @param of images that a whole epoch uses
   */
  record Progress(int epoch, EpochSums sums, long of) {
    /** Images used so far. */
    public long images() {
      return sums.images();
    }

    /** Mean over the images so far. */
    public double loss() {
      return sums.lossSum() / sums.images();
    }

    /** So far. */
    public double imagesPerSecond() {
      return sums.images() / sums.seconds();
    }
  }

  /**
   * What an epoch gave.
   *
   * @param epoch from 1
   * @param round ended so far in the run
   * @param iteration minibatches of each worker so far in the run
   * @param images used
   * @param loss mean over the images, as they were trained on
   * @param accuracy likewise
   * @param imagesPerSecond over the whole epoch
   * @param seconds of the whole epoch
   * @param computeSeconds of the slowest worker, summed over rounds
   * @param averagingSeconds in which the driver formed means
   * @param waitingSeconds the rest: scheduling, transfers
   */
  record EpochSummary(
      int epoch,
      int round,
      int iteration,
      long images,
      double loss,
      double accuracy,
      double imagesPerSecond,
      double seconds,
      double computeSeconds,
      double averagingSeconds,
      double waitingSeconds)
      implements Serializable {}
}
