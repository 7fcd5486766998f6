package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.augment.View;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores the same evaluation batches with two networks, in one job. Driver only; not serialisable.
 */
public final class PairEvaluator {
  private final JavaSparkContext spark;
  private final String owner;
  private final ImageShape shape;
  private final int classes;

  /**
   * For a pair.
   *
   * @param owner tells this pair from other networks alive in the same executors
   */
  public PairEvaluator(JavaSparkContext spark, String owner, ImageShape shape, int classes) {
    this.spark = spark;
    this.owner = owner;
    this.shape = shape;
    this.classes = classes;
  }

  /** Scores all batches, each block being one batch. */
  public PairFindings compare(
      JavaRDD<ImageBlock> batches,
      Engine baseline,
      float[] baselineParameters,
      Engine candidate,
      float[] candidateParameters) {
    Broadcast<float[][]> parameters =
        spark.broadcast(new float[][] {baselineParameters, candidateParameters});
    PairFindings sum = new PairFindings(classes, shape.pixels());
    try {
      PartitionJob.each(
          batches,
          PairFindings.class,
          new PartitionScoring(owner, baseline, candidate, shape, classes, parameters),
          sum::add);
      return sum;
    } finally {
      parameters.destroy();
    }
  }

  /** Both networks, on one thread. */
  private record Pair(LocalScorer baseline, LocalScorer candidate) implements AutoCloseable {
    static Pair of(Engine baseline, Engine candidate) {
      LocalScorer first = baseline.scorer();
      try {
        return new Pair(first, candidate.scorer());
      } catch (RuntimeException | Error e) {
        first.close();
        throw e;
      }
    }

    @Override
    public void close() {
      try {
        baseline.close();
      } finally {
        candidate.close();
      }
    }
  }

  /** A partition's part, on an executor. */
  private record PartitionScoring(
      String owner,
      Engine baseline,
      Engine candidate,
      ImageShape shape,
      int classes,
      Broadcast<float[][]> parameters)
      implements PartitionJob.Work<ImageBlock, PairFindings> {
    @Override
    public PairFindings run(int partition, Iterator<ImageBlock> batches) {
      PairFindings found = new PairFindings(classes, shape.pixels());
      if (!batches.hasNext()) {
        return found;
      }
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("pair", owner),
              () -> Pair.of(baseline, candidate),
              pair -> score(pair, batches, found));
    }

    private PairFindings score(Pair pair, Iterator<ImageBlock> batches, PairFindings found) {
      pair.baseline.load(parameters.value()[0]);
      pair.candidate.load(parameters.value()[1]);
      BatchScorer before = new BatchScorer(pair.baseline, shape);
      BatchScorer after = new BatchScorer(pair.candidate, shape);
      BatchScorer.Look plain = BatchScorer.look(shape, View.PLAIN);
      while (batches.hasNext()) {
        ImageBlock batch = batches.next();
        found.add(batch, before.score(batch, plain), after.score(batch, plain));
      }
      return found;
    }
  }
}
