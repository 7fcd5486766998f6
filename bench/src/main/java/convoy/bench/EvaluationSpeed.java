package convoy.bench;

import convoy.data.ImageShape;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.model.engine.Engine;
import convoy.model.zoo.Optimizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Images per second of an evaluation of training images spread over two cores, beside twice those
 * of a bare scorer on one thread, and two bare scorers on two threads beside the same, in turns in
 * one process.
 */
public final class EvaluationSpeed {
  private static final int BATCH = 1_000;

  private EvaluationSpeed() {}

  /** Takes a network, a prepared set or the name of one, images, and turns. */
  public static void main(String[] args) throws IOException {
    int images = Integer.parseInt(args[2]);
    int turns = Integer.parseInt(args[3]);
    try (SparkSession spark = Sessions.local(2)) {
      PreparedDataset dataset = Sessions.dataset(spark, args[1]);
      ImageShape shape = dataset.shape();
      Engine engine =
          Engine.dl4j(Sessions.network(args[0], dataset).configuration(Optimizer.ADAM, 1e-3, 1));
      float[] parameters = engine.initialState().parameters();
      JavaRDD<ImageBlock> batches = dataset.validationBatches(spark, images, BATCH, 2).cache();
      batches.count();
      Evaluator evaluator =
          new Evaluator(
              JavaSparkContext.fromSparkContext(spark.sparkContext()),
              UUID.randomUUID().toString(),
              engine,
              shape,
              dataset.classes().size(),
              Views.NONE);
      float[] batch = new float[BATCH * shape.pixels()];
      Random random = new Random(1);
      for (int i = 0; i < batch.length; i++) {
        batch[i] = random.nextFloat();
      }
      double[] efficiency = new double[turns];
      double[] possible = new double[turns];
      try (BareThreads inference = BareThreads.inference(engine, batch, BATCH)) {
        for (int turn = -2; turn < turns; turn++) {
          int each = images / BATCH;
          double one = inference.seconds(1, each);
          double two = inference.seconds(2, each / 2);
          long start = System.nanoTime();
          evaluator.evaluate(batches, parameters);
          double evaluation = (System.nanoTime() - start) / 1e9;
          // The first turns warm up.
          if (turn >= 0) {
            efficiency[turn] = one / 2 / evaluation;
            possible[turn] = one / 2 / two;
          }
        }
      }
      Arrays.sort(efficiency);
      Arrays.sort(possible);
      System.out.printf(
          Locale.ROOT,
          "efficiency=%.3f possible=%.3f%n",
          efficiency[turns / 2],
          possible[turns / 2]);
    }
  }
}
