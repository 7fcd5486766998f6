package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.io.Serializable;

/**
 * What one worker brings back from a round.
 *
 * <p>Its state is used up when the round is averaged: the mean may take over its arrays.
 *
 * <p>A plain class over primitive arrays, so that it travels with either of Spark's serialisers.
 */
public final class WorkerResult implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int images;
  private final int minibatches;
  private final double lossSum;
  private final int correct;
  private final TrainingState state;
  private final double computeSeconds;

  /**
   * Of one worker.
   *
   * @param images fitted; 0 where the worker had none left in this epoch
   * @param lossSum over images, of their minibatch's mean loss
   * @param correct images classified right in the forward pass they were trained on
   * @param state after the last minibatch; null where there was none
   */
  public WorkerResult(
      int images,
      int minibatches,
      double lossSum,
      int correct,
      TrainingState state,
      double computeSeconds) {
    this.images = images;
    this.minibatches = minibatches;
    this.lossSum = lossSum;
    this.correct = correct;
    this.state = state;
    this.computeSeconds = computeSeconds;
  }

  /** Of a worker whose shard has no images left in this epoch. */
  public static WorkerResult nothing() {
    return new WorkerResult(0, 0, 0, 0, null, 0);
  }

  /** The same but for the state. */
  WorkerResult withoutState() {
    return new WorkerResult(images, minibatches, lossSum, correct, null, computeSeconds);
  }

  int images() {
    return images;
  }

  int minibatches() {
    return minibatches;
  }

  double lossSum() {
    return lossSum;
  }

  int correct() {
    return correct;
  }

  TrainingState state() {
    return state;
  }

  double computeSeconds() {
    return computeSeconds;
  }
}
