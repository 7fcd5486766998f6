package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Augmenter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores evaluation batches where they lie and brings back counts. Driver only; not serialisable.
 *
 * <p>A partition scores its batches one after the other with a network that stays alive in the
 * executor; nothing but counts travels back. Evaluations of several networks may run in the same
 * executors at a time: each has its own key.
 */
public final class Evaluator {
  private final JavaSparkContext spark;
  private final String owner;
  private final Engine engine;
  private final ImageShape shape;
  private final int classes;

  /**
   * For one network.
   *
   * @param owner tells this network from others alive in the same executors
   */
  public Evaluator(
      JavaSparkContext spark, String owner, Engine engine, ImageShape shape, int classes) {
    this.spark = spark;
    this.owner = owner;
    this.engine = engine;
    this.shape = shape;
    this.classes = classes;
  }

  /** Counts over all batches, each block being one batch. */
  public Counts evaluate(JavaRDD<ImageBlock> batches, float[] parameters) {
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    try {
      PartitionScoring scoring = new PartitionScoring(owner, engine, shape, classes, broadcast);
      return PartitionJob.run(batches, Counts.class, scoring).stream()
          .reduce(Counts.none(classes), Counts::plus);
    } finally {
      broadcast.destroy();
    }
  }

  /** A partition's part, on an executor. */
  private record PartitionScoring(
      String owner, Engine engine, ImageShape shape, int classes, Broadcast<float[]> parameters)
      implements PartitionJob.Work<ImageBlock, Counts> {
    @Override
    public Counts run(int partition, Iterator<ImageBlock> batches) {
      if (!batches.hasNext()) {
        return Counts.none(classes);
      }
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("scorer", owner),
              engine::scorer,
              scorer -> score(scorer, batches));
    }

    private Counts score(LocalScorer scorer, Iterator<ImageBlock> batches) {
      scorer.load(parameters.value());
      Augmenter unchanged = new Augmenter(Augmentation.NONE, shape, 0);
      Counts.Tally tally = new Counts.Tally(classes);
      float[] images = new float[0];
      while (batches.hasNext()) {
        if (Thread.interrupted()) {
          throw new CancellationException("the task was killed");
        }
        ImageBlock batch = batches.next();
        int size = shape.pixels();
        if (images.length < batch.size() * size) {
          images = new float[batch.size() * size];
        }
        for (int i = 0; i < batch.size(); i++) {
          unchanged.write(batch.pixels(), i * size, batch.id(i), 0, images, i * size);
        }
        tally.add(batch, scorer.score(images, batch.size()));
      }
      return tally.counts();
    }
  }
}
