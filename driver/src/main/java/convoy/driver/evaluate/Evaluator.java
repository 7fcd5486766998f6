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
    return tallied(batches, parameters, Counts.class, new Counts.Maker(classes));
  }

  /**
   * Counts over all batches, on the calling thread.
   *
   * @param network of that thread, which has its parameters
   */
  public static Counts counts(
      LocalScorer network, ImageShape shape, int classes, Iterator<ImageBlock> batches) {
    return tallied(
        new BatchScorer(network, shape), shape, Views.NONE.views(), batches, Counts.none(classes));
  }

  /** Likewise, with everything a report tells. */
  public Findings examine(JavaRDD<ImageBlock> batches, float[] parameters) {
    return tallied(
        batches, parameters, Findings.class, new Findings.Maker(classes, shape.pixels()));
  }

  private <R extends Tally<R>> R tallied(
      JavaRDD<ImageBlock> batches, float[] parameters, Class<R> type, Tally.Maker<R> maker) {
    R sum = maker.make();
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    try {
      PartitionJob.each(
          batches,
          type,
          new PartitionScoring<>(owner, engine, shape, views.views(), maker, broadcast),
          sum::add);
      return sum;
    } finally {
      broadcast.destroy();
    }
  }

  /** A partition's part, on an executor. */
  private record PartitionScoring<R extends Tally<R>>(
      String owner,
      Engine engine,
      ImageShape shape,
      List<View> views,
      Tally.Maker<R> maker,
      Broadcast<float[]> parameters)
      implements PartitionJob.Work<ImageBlock, R> {
    @Override
    public R run(int partition, Iterator<ImageBlock> batches) {
      R tally = maker.make();
      if (!batches.hasNext()) {
        return tally;
      }
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("scorer", owner),
              engine::scorer,
              scorer -> score(scorer, batches, tally));
    }

    private R score(LocalScorer network, Iterator<ImageBlock> batches, R tally) {
      network.load(parameters.value());
      return Evaluator.tallied(new BatchScorer(network, shape), shape, views, batches, tally);
    }
  }

  private static <R extends Tally<R>> R tallied(
      BatchScorer scorer,
      ImageShape shape,
      List<View> views,
      Iterator<ImageBlock> batches,
      R tally) {
    while (batches.hasNext()) {
      ImageBlock batch = batches.next();
      tally.add(batch, mean(scorer, shape, views, batch));
    }
    return tally;
  }

  /** Over the views. */
  private static float[] mean(
      BatchScorer scorer, ImageShape shape, List<View> views, ImageBlock batch) {
    float[] mean = scorer.score(batch, BatchScorer.look(shape, views.get(0)));
    for (View view : views.subList(1, views.size())) {
      float[] probabilities = scorer.score(batch, BatchScorer.look(shape, view));
      for (int i = 0; i < mean.length; i++) {
        mean[i] += probabilities[i];
      }
    }
    for (int i = 0; i < mean.length && views.size() > 1; i++) {
      mean[i] /= views.size();
    }
    return mean;
  }
}
