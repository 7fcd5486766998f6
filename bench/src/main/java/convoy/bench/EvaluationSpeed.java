package convoy.bench;

import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Images per second of an evaluation of MNIST's 60,000 training images spread over two cores,
 * beside twice those of a bare scorer on one thread, in turns in one process.
 */
public final class EvaluationSpeed {
  private static final int BATCH = 1_000;

  private EvaluationSpeed() {}

  /** Takes a network, and turns. */
  public static void main(String[] args) throws IOException {
    int turns = Integer.parseInt(args[1]);
    try (SparkSession spark = Sessions.local(2)) {
      PreparedDataset mnist = Sessions.dataset(spark, "mnist");
      Network network = Zoo.named(args[0], new InputShape(1, 28, 28), 10);
      Engine engine = Engine.dl4j(network.configuration(Optimizer.ADAM, 1e-3, 1));
      float[] parameters = engine.initialState().parameters();
      int images = Math.toIntExact(mnist.manifest().counts().train());
      JavaRDD<ImageBlock> batches = mnist.validationBatches(spark, images, BATCH, 2).cache();
      batches.count();
      Evaluator evaluator =
          new Evaluator(
              JavaSparkContext.fromSparkContext(spark.sparkContext()),
              UUID.randomUUID().toString(),
              engine,
              mnist.shape(),
              10,
              Views.NONE);
      float[] batch = new float[BATCH * mnist.shape().pixels()];
      Random random = new Random(1);
      for (int i = 0; i < batch.length; i++) {
        batch[i] = random.nextFloat();
      }
      double[] ratios = new double[turns];
      try (LocalScorer scorer = engine.scorer()) {
        scorer.load(parameters);
        for (int turn = -2; turn < turns; turn++) {
          long start = System.nanoTime();
          for (int i = 0; i < images / BATCH; i++) {
            scorer.score(batch, BATCH);
          }
          long between = System.nanoTime();
          evaluator.evaluate(batches, parameters);
          long end = System.nanoTime();
          // The first turns warm up.
          if (turn >= 0) {
            ratios[turn] = (between - start) / 2.0 / (end - between);
          }
        }
      }
      Arrays.sort(ratios);
      System.out.printf(Locale.ROOT, "efficiency=%.3f%n", ratios[turns / 2]);
    }
  }
}
