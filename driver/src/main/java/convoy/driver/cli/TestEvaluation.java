package convoy.driver.cli;

import convoy.data.ImageShape;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Findings;
import convoy.driver.evaluate.Robustness;
import convoy.driver.evaluate.Views;
import convoy.driver.report.EvaluationPage;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Evaluates a network on a set's test images.
 *
 * @param batchSize images of one batch
 * @param views how each image is looked at
 * @param robustness whether perturbed images are scored too
 */
record TestEvaluation(
    SparkSession spark, PreparedDataset dataset, int batchSize, Views views, boolean robustness) {
  /** Reads, scores and counts. */
  Result run(Evaluation.Run run, Engine engine, float[] parameters) {
    long start = System.nanoTime();
    JavaSparkContext context = Sessions.context(spark);
    JavaRDD<ImageBlock> batches = dataset.testBatches(spark, batchSize, Sessions.slots(spark));
    ImageShape shape = dataset.shape();
    Findings findings =
        new Evaluator(context, run.id(), engine, shape, dataset.classes().size(), views)
            .examine(batches, parameters);
    double seconds = (System.nanoTime() - start) / 1e9;
    List<Robustness> perturbed =
        robustness
            ? Robustness.of(context, run.id(), engine, parameters, shape, batches)
            : List.of();
    Evaluation evaluation =
        Evaluation.of(
            findings,
            dataset,
            batchSize,
            Values.name(views),
            seconds,
            perturbed,
            run,
            Sessions.provenance(spark));
    return new Result(evaluation, findings, shape);
  }

  /** What is saved and shown. */
  record Result(Evaluation evaluation, Findings findings, ImageShape shape) {
    /**
     * Writes evaluation.json, then report.html.
     *
     * @param suffix to their names, for what is not the run's own evaluation
     */
    void save(RunDirectory run, ModelArchive model, String suffix) throws IOException {
      run.saveEvaluation(evaluation, suffix);
      RunRecord record = run.description();
      EvaluationPage page =
          EvaluationPage.of(
              record,
              evaluation,
              findings,
              shape,
              model,
              run.metrics(),
              AugmentationOptions.of(record.settings()));
      run.saveReport(page.html(), suffix);
    }

    /** Shows the figures that matter most. */
    void print(Console console) {
      console.line(
          "test accuracy %.4f (%,d of %,d), loss %.4f",
          evaluation.accuracy(), evaluation.correct(), evaluation.count(), evaluation.loss());
    }
  }
}
