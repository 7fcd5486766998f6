package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.util.List;

/**
 * What a round gave.
 *
 * @param state averaged
 * @param images used by all workers together
 * @param lossSum over those images
 * @param correct of those images
 * @param computeSeconds of the slowest worker
 * @param averagingSeconds in which the driver formed the mean
 * @param seconds of the whole round
 */
record Round(
    TrainingState state,
    long images,
    double lossSum,
    long correct,
    double computeSeconds,
    double averagingSeconds,
    double seconds) {
  /**
   * The results of a round that started at {@code startNanos}.
   *
   * @param state their mean, formed from {@code collectedNanos} until now
   */
  static Round of(
      TrainingState state, List<WorkerResult> results, long startNanos, long collectedNanos) {
    long averaged = System.nanoTime();
    return new Round(
        state,
        results.stream().mapToLong(WorkerResult::images).sum(),
        results.stream().mapToDouble(WorkerResult::lossSum).sum(),
        results.stream().mapToLong(WorkerResult::correct).sum(),
        results.stream().mapToDouble(WorkerResult::computeSeconds).max().orElse(0),
        (averaged - collectedNanos) / 1e9,
        (averaged - startNanos) / 1e9);
  }

  /** Whether the loss and all that goes on into the next round are numbers. */
  boolean isFinite() {
    return Double.isFinite(lossSum)
        && isFinite(state.parameters())
        && isFinite(state.updaterState());
  }

  private static boolean isFinite(float[] values) {
    int largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
    }
    return largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  }
}
