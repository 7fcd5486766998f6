package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.augment.View;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import java.util.Iterator;
import java.util.List;
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
  private final Views views;

  /**
   * For one network.
   *
   * @param owner tells this network from others alive in the same executors
   */
  public Evaluator(
      JavaSparkContext spark,
      String owner,
      Engine engine,
      ImageShape shape,
      int classes,
      Views views) {
    this.spark = spark;
    this.owner = owner;
    this.engine = engine;
    this.shape = shape;
    this.classes = classes;
    this.views = views;
  }

  /** Counts over all batches, each block being one batch. */
  public Counts evaluate(JavaRDD<ImageBlock> batches, float[] parameters) {
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    try {
      PartitionScoring scoring =
          new PartitionScoring(owner, engine, shape, classes, views.views(), broadcast);
      return PartitionJob.run(batches, Counts.class, scoring).stream()
          .reduce(Counts.none(classes), Counts::plus);
    } finally {
      broadcast.destroy();
    }
  }

  /** A partition's part, on an executor. */
  private record PartitionScoring(
      String owner,
      Engine engine,
      ImageShape shape,
      int classes,
      List<View> views,
      Broadcast<float[]> parameters)
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
      Counts.Tally tally = new Counts.Tally(classes);
      float[] images = new float[0];
      while (batches.hasNext()) {
        ImageBlock batch = batches.next();
        int values = batch.size() * shape.pixels();
        images = images.length < values ? new float[values] : images;
        tally.add(batch, score(scorer, batch, images));
      }
      return tally.counts();
    }

    /** The mean over the views. */
    private float[] score(LocalScorer scorer, ImageBlock batch, float[] images) {
      float[] sum = null;
      for (View view : views) {
        if (Thread.interrupted()) {
          throw new CancellationException("the task was killed");
        }
        for (int i = 0; i < batch.size(); i++) {
          int at = i * shape.pixels();
          view.write(shape, batch.pixels(), at, images, at);
        }
        float[] probabilities = scorer.score(images, batch.size());
        sum = sum == null ? probabilities : sum(sum, probabilities);
      }
      for (int i = 0; i < sum.length && views.size() > 1; i++) {
        sum[i] /= views.size();
      }
      return sum;
    }

    private static float[] sum(float[] one, float[] other) {
      float[] sum = new float[one.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = one[i] + other[i];
      }
      return sum;
    }
  }
}
