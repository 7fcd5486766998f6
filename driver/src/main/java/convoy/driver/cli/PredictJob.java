package convoy.driver.cli;

import convoy.data.ImageShape;
import convoy.driver.CommandLineException;
import convoy.driver.predict.ImagePart;
import convoy.driver.predict.ImageSource;
import convoy.driver.predict.ImageSource.Inventory;
import convoy.driver.predict.PartCounts;
import convoy.driver.predict.Prediction;
import convoy.driver.predict.PredictionDirectory;
import convoy.driver.predict.Predictor;
import convoy.driver.store.Files;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Some images and the network that labels them.
 *
 * @param network whose parameters {@code model} holds
 * @param engine that runs it
 * @param shape of every image the network is shown
 * @param place where the images are
 * @param again the command line by which the job goes on
 */
record PredictJob(
    Files files,
    Prediction.Network network,
    ModelArchive model,
    Engine engine,
    ImageShape shape,
    Path place,
    ImageSource source,
    int batchSize,
    String again) {
  /**
   * What the output says was begun there, if anything was.
   *
   * @throws CommandLineException if that was another job
   */
  Optional<Prediction> begun(PredictionDirectory output) throws IOException {
    Optional<Prediction> begun = output.description();
    begun.ifPresent(job -> job.requireSame(network, place.toString(), batchSize));
    return begun;
  }

  /** Counts and lists the images, if that was not done when the job began. */
  Inventory inventory(Optional<Prediction> begun, PredictionDirectory output) throws IOException {
    return begun.isPresent()
        ? begun.get().images().inventory()
        : source.count(files, output.root());
  }

  /** Labels the images, or those that an earlier driver has left. */
  void run(
      SparkSession spark,
      Optional<Prediction> begun,
      Inventory inventory,
      PredictionDirectory output,
      Console console)
      throws IOException {
    List<ImagePart> parts =
        source.parts(
            files,
            output.root(),
            inventory,
            ImageSource.imagesPerPart(inventory.count(), batchSize));
    Prediction job = begun.orElseGet(() -> description(spark, inventory, parts.size()));
    if (begun.isEmpty()) {
      output.describe(job);
    }
    console.line("%s", Sessions.described(spark));
    console.line("%,d images of %s in %d parts", inventory.count(), place, parts.size());
    try {
      Prediction.Result result =
          Interruption.handledBy(
              () -> console.line("Interrupted. Go on by: %s", again),
              () -> labelled(spark, parts, inventory, output, console));
      output.finish(job.with(result));
      show(inventory, result, output, console);
    } catch (Exception e) {
      // Not only what is declared: Spark's own exceptions are checked ones that Scala does not say.
      throw new UnfinishedRunException("The job can go on: " + again, e);
    }
  }

  private Prediction.Result labelled(
      SparkSession spark,
      List<ImagePart> parts,
      Inventory inventory,
      PredictionDirectory output,
      Console console) {
    long start = System.nanoTime();
    PartCounts counts =
        new Predictor(
                Sessions.context(spark),
                network.checksum(),
                engine,
                shape,
                model.labels(),
                batchSize)
            .predict(
                parts,
                model.state().parameters(),
                output.parts(),
                done -> console.parts(done, parts.size(), (System.nanoTime() - start) / 1e9));
    Predictor.requireAll(counts, inventory.count(), place);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Prediction.Result(
        counts.failed(), counts.fresh(), seconds, counts.fresh() / seconds, Sessions.slots(spark));
  }

  private Prediction description(SparkSession spark, Inventory inventory, int parts) {
    return new Prediction(
        Prediction.SCHEMA,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        network,
        new Prediction.Images(
            place.toString(), source.kind(), inventory.count(), inventory.fingerprint()),
        model.labels(),
        batchSize,
        parts,
        Sessions.versions(spark),
        null);
  }

  private static void show(
      Inventory inventory, Prediction.Result result, PredictionDirectory output, Console console) {
    if (result.labelled() < inventory.count()) {
      console.line("%,d images had their label already", inventory.count() - result.labelled());
    }
    if (result.failed() > 0) {
      console.line(
          "%,d of %,d images could not be read: their label is null, their error says why",
          result.failed(), inventory.count());
    }
    console.line(
        "labelled %,d images in %.1f seconds, %.0f images/s; written to %s",
        result.labelled(), result.seconds(), result.imagesPerSecond(), output.parts());
  }
}
