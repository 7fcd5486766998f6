package convoy.driver.train;

import convoy.driver.dataset.ImageBlock;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;

/**
 * Rounds of a single worker on the calling thread, which owns the trainer: what {@link SparkRounds}
 * gives with one worker, to the last bit, without a job for each.
 */
public final class LocalRounds implements Rounds {
  private final ImageWork work;
  private final LocalTrainer trainer;
  private final Shard shard;

  /**
   * Of one run.
   *
   * @param images the only worker's shard
   */
  public LocalRounds(ImageWork work, LocalTrainer trainer, List<ImageBlock> images) {
    this.work = work;
    this.trainer = trainer;
    shard = Shard.of(images.iterator());
  }

  @Override
  public List<RunningStatistics> runningStatistics() {
    return work.runningStatistics();
  }

  @Override
  public Round fit(RoundOrder order, int round, TrainingState state) {
    long start = System.nanoTime();
    List<WorkerResult> results =
        List.of(work.fit(trainer, 0, shard, images(order), order, round, state));
    long collected = System.nanoTime();
    TrainingState mean = ParameterAverage.of(state, results, runningStatistics());
    return Round.of(mean, results, start, collected);
  }

  @Override
  public WorkerStatistics statistics(RoundOrder order, int round, TrainingState model) {
    return WorkerStatistics.pooled(
        List.of(work.statistics(trainer, 0, shard, images(order), order, round, model)),
        RunningStatistics.compact(runningStatistics()));
  }

  private int[] images(RoundOrder order) {
    return order.images(0, shard.size());
  }
}
