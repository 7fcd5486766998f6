package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;

/** Where the work of a run's rounds is done: on executors, or on the thread that asks. */
public sealed interface Rounds permits SparkRounds, LocalRounds {
  /** Where batch normalisation keeps its running statistics, in the order of the parameters. */
  List<RunningStatistics> runningStatistics();

  /**
   * Fits a round's minibatches on every worker and averages.
   *
   * @param round from 0
   */
  Round fit(RoundOrder order, int round, TrainingState state);

  /** Passes a round's minibatches through as in training, and pools what workers saw. */
  WorkerStatistics statistics(RoundOrder order, int round, TrainingState model);
}
