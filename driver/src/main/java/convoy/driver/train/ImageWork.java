package convoy.driver.train;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Augmenter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.LocalTrainer.StepResult;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Trains on shards of images, augmented on the way into each minibatch.
 *
 * @param runId whose network to use among those alive in the executor
 */
public record ImageWork(
    String runId,
    Engine engine,
    List<RunningStatistics> runningStatistics,
    ImageShape shape,
    Augmentation augmentation)
    implements LocalWork<ImageBlock> {
  /** For an engine's network. */
  public static ImageWork of(
      String runId, Engine engine, ImageShape shape, Augmentation augmentation) {
    return new ImageWork(runId, engine, engine.runningStatistics(), shape, augmentation);
  }

  @Override
  public WorkerResult fit(
      int worker,
      Iterator<ImageBlock> blocks,
      RoundOrder order,
      int round,
      Supplier<TrainingState> state) {
    Shard shard = Shard.of(blocks);
    int[] images = order.images(worker, shard.size());
    return images.length == 0
        ? WorkerResult.nothing()
        : onSlot(trainer -> fit(trainer, worker, shard, images, order, round, state.get()));
  }

  @Override
  public WorkerStatistics statistics(
      int worker,
      Iterator<ImageBlock> blocks,
      RoundOrder order,
      int round,
      Supplier<TrainingState> state) {
    Shard shard = Shard.of(blocks);
    int[] images = order.images(worker, shard.size());
    return images.length == 0
        ? new WorkerStatistics.Tally(runningStatistics).statistics()
        : onSlot(trainer -> statistics(trainer, worker, shard, images, order, round, state.get()));
  }

  private <R> R onSlot(Function<LocalTrainer, R> work) {
    return ComputeSlots.here().call(new ComputeSlots.Key("trainer", runId), engine::trainer, work);
  }

  /** By a trainer of the calling thread. */
  WorkerStatistics statistics(
      LocalTrainer trainer,
      int worker,
      Shard shard,
      int[] images,
      RoundOrder order,
      int round,
      TrainingState state) {
    WorkerStatistics.Tally tally = new WorkerStatistics.Tally(runningStatistics);
    trainer.load(state, Seeds.of(order.seed(), order.epoch(), round, worker));
    Minibatches minibatches = new Minibatches(shard, images, order);
    while (minibatches.next()) {
      tally.add(minibatches.count, trainer.statistics(minibatches.pixels, minibatches.count));
    }
    return tally.statistics();
  }

  /** By a trainer of the calling thread. */
  WorkerResult fit(
      LocalTrainer trainer,
      int worker,
      Shard shard,
      int[] images,
      RoundOrder order,
      int round,
      TrainingState state) {
    long start = System.nanoTime();
    trainer.load(state, Seeds.of(order.seed(), order.epoch(), round, worker));
    Minibatches minibatches = new Minibatches(shard, images, order);
    double lossSum = 0;
    int correct = 0;
    while (minibatches.next()) {
      StepResult step = trainer.fit(minibatches.pixels, minibatches.labels, minibatches.count);
      lossSum += step.loss() * minibatches.count;
      correct += step.correct();
    }
    TrainingState after = trainer.store();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new WorkerResult(images.length, minibatches.made, lossSum, correct, after, seconds);
  }

  /** The minibatches of a round, one after another in the same arrays. */
  private final class Minibatches {
    private final Shard shard;
    private final int[] images;
    private final RoundOrder order;
    private final Augmenter augmenter;
    private final float[] pixels;
    private final int[] labels;
    private int count;
    private int used;
    private int made;

    Minibatches(Shard shard, int[] images, RoundOrder order) {
      this.shard = shard;
      this.images = images;
      this.order = order;
      augmenter = new Augmenter(augmentation, shape, order.seed());
      int most = Math.min(order.batchSize(), images.length);
      pixels = new float[most * shape.pixels()];
      labels = new int[most];
    }

    /** Fills the arrays with the next, or returns false after the last. */
    boolean next() {
      if (Thread.interrupted()) {
        throw new CancellationException("the task was killed");
      }
      count = Math.min(labels.length, images.length - used);
      for (int i = 0; i < count; i++) {
        labels[i] =
            shard.write(images[used + i], augmenter, order.epoch(), pixels, i * shape.pixels());
      }
      used += count;
      made += count > 0 ? 1 : 0;
      return count > 0;
    }
  }
}
