package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a worker does with its shard between two averagings. Travels to the executors; what it does
 * there follows from the shard, the order and the state alone.
 *
 * @param <T> what a shard consists of
 */
public interface LocalWork<T> extends Serializable {
  /** Where batch normalisation keeps its running statistics, in the order of the parameters. */
  List<RunningStatistics> runningStatistics();

  /**
   * Fits the minibatches of a round.
   *
   * @param worker from 0
   * @param round from 0
   * @param state to start from; not asked for where nothing is to be done
   */
  WorkerResult fit(
      int worker, Iterator<T> shard, RoundOrder order, int round, Supplier<TrainingState> state);

  /**
   * Passes minibatches through as in training, but changes nothing.
   *
   * @return what batch normalisation saw of them, see {@link WorkerStatistics}
   */
  WorkerStatistics statistics(
      int worker, Iterator<T> shard, RoundOrder order, int round, Supplier<TrainingState> state);
}
