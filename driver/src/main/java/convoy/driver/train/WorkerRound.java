package convoy.driver.train;

import convoy.driver.slot.PartitionJob;
import java.util.Iterator;

/**
 * A worker's part of a round, as it travels to the executors.
 *
 * @param <T> what a shard consists of
 */
record WorkerRound<T>(LocalWork<T> work, RoundOrder order, int round, Exchange exchange)
    implements PartitionJob.Work<T, WorkerResult> {
  /** Fits the minibatches of worker {@code worker}. */
  @Override
  public WorkerResult run(int worker, Iterator<T> shard) {
    return work.fit(worker, shard, order, round, exchange::state);
  }

  /** Likewise, with the result on its way to the driver. */
  record Sent<T>(WorkerRound<T> round) implements PartitionJob.Work<T, WorkerResult> {
    @Override
    public WorkerResult run(int worker, Iterator<T> shard) {
      return round.exchange.send(worker, round.run(worker, shard));
    }
  }

  /** The same minibatches, by which batch normalisation's statistics are measured. */
  record Statistics<T>(WorkerRound<T> round) implements PartitionJob.Work<T, WorkerStatistics> {
    @Override
    public WorkerStatistics run(int worker, Iterator<T> shard) {
      return round.work.statistics(worker, shard, round.order, round.round, round.exchange::state);
    }
  }
}
