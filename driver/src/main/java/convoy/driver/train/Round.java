package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.util.List;

/**
 * What a round gave.
 *
 * @param state averaged
 */
record Round(TrainingState state, EpochSums sums) {
  /**
   * The results of a round that started at {@code startNanos}.
   *
   * @param state their mean, formed from {@code collectedNanos} until now
   */
  static Round of(
      TrainingState state, List<WorkerResult> results, long startNanos, long collectedNanos) {
    long averaged = System.nanoTime();
    EpochSums sums =
        new EpochSums(
            results.stream().mapToLong(WorkerResult::images).sum(),
            results.stream().mapToDouble(WorkerResult::lossSum).sum(),
            results.stream().mapToLong(WorkerResult::correct).sum(),
            results.stream().mapToDouble(WorkerResult::computeSeconds).max().orElse(0),
            (averaged - collectedNanos) / 1e9,
            (averaged - startNanos) / 1e9);
    return new Round(state, sums);
  }
}
