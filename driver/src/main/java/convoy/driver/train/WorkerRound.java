package convoy.driver.train;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Augmenter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.LocalTrainer.StepResult;
import convoy.model.engine.TrainingState;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.apache.spark.broadcast.Broadcast;

/**
 * A worker's part of a round, on an executor: what it does follows from its shard, the order and
 * the state alone.
 *
 * @param runId whose network to use among those alive in the executor
 */
record WorkerRound(
    String runId,
    Engine engine,
    ImageShape shape,
    Augmentation augmentation,
    RoundOrder order,
    int round,
    Broadcast<TrainingState> state)
    implements PartitionJob.Work<ImageBlock, WorkerResult> {
  /** Fits the minibatches of worker {@code worker}, whose shard is {@code blocks}. */
  @Override
  public WorkerResult run(int worker, Iterator<ImageBlock> blocks) {
    Shard shard = Shard.of(blocks);
    int[] images = order.images(worker, shard.size());
    if (images.length == 0) {
      return WorkerResult.nothing();
    }
    return ComputeSlots.here()
        .call(
            new ComputeSlots.Key("trainer", runId),
            engine::trainer,
            trainer -> fit(trainer, worker, shard, images));
  }

  private WorkerResult fit(LocalTrainer trainer, int worker, Shard shard, int[] images) {
    long start = System.nanoTime();
    trainer.load(state.value(), Seeds.of(order.seed(), order.epoch(), round, worker));
    Augmenter augmenter = new Augmenter(augmentation, shape, order.seed());
    int most = Math.min(order.batchSize(), images.length);
    float[] batch = new float[most * shape.pixels()];
    int[] labels = new int[most];
    double lossSum = 0;
    int correct = 0;
    int minibatches = 0;
    for (int from = 0; from < images.length; from += most) {
      if (Thread.interrupted()) {
        throw new CancellationException("the task was killed");
      }
      int count = Math.min(most, images.length - from);
      for (int i = 0; i < count; i++) {
        labels[i] =
            shard.write(images[from + i], augmenter, order.epoch(), batch, i * shape.pixels());
      }
      StepResult step = trainer.fit(batch, labels, count);
      lossSum += step.loss() * count;
      correct += step.correct();
      minibatches++;
    }
    TrainingState after = trainer.store();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new WorkerResult(images.length, minibatches, lossSum, correct, after, seconds);
  }
}
