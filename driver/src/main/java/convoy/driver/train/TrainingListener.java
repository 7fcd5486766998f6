package convoy.driver.train;

import convoy.model.engine.TrainingState;

/** Hears how training goes, on the driver. */
public interface TrainingListener {
  /** Called after every round. */
  void roundDone(Progress progress);

  /** Called after every epoch, with the averaged state. */
  void epochDone(EpochSummary summary, TrainingState state);

  /**
   * How far an epoch is.
   *
   * @param epoch from 1
   * @param images used in it so far
   * @param of images that a whole epoch uses
   * @param loss mean over the images so far
   * @param imagesPerSecond so far
   */
  record Progress(int epoch, long images, long of, double loss, double imagesPerSecond) {}

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
      double waitingSeconds) {}
}
