package convoy.driver.cli;

import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Counts;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.model.engine.Engine;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Evaluates a network on a set's test images.
 *
 * @param batchSize images of one batch
 * @param views how each image is looked at
 */
record TestEvaluation(SparkSession spark, PreparedDataset dataset, int batchSize, Views views) {
  /**
   * Reads, scores and counts.
   *
   * @param owner tells this network from others alive in the same executors
   */
  Evaluation run(String owner, Engine engine, float[] parameters) {
    long start = System.nanoTime();
    JavaRDD<ImageBlock> batches = dataset.testBatches(spark, batchSize, Sessions.slots(spark));
    Counts counts =
        new Evaluator(
                Sessions.context(spark),
                owner,
                engine,
                dataset.shape(),
                dataset.classes().size(),
                views)
            .evaluate(batches, parameters);
    return Evaluation.of(
        counts, dataset, batchSize, Values.name(views), (System.nanoTime() - start) / 1e9);
  }

  /** Shows the figures that matter most. */
  static void print(Console console, Evaluation evaluation) {
    console.line(
        "test accuracy %.4f (%,d of %,d), loss %.4f",
        evaluation.accuracy(), evaluation.correct(), evaluation.count(), evaluation.loss());
  }
}
