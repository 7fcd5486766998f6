package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.driver.slot.PartitionJob;
import convoy.driver.store.TaskHadoop;
import convoy.model.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Labels images where they are read and writes them from there; nothing but counts travels back.
 * One task makes one part, and holds one batch of it at a time. Driver only; not serialisable.
 */
public final class Predictor {
  private final JavaSparkContext spark;
  private final String model;
  private final Engine engine;
  private final ImageShape shape;
  private final List<String> classes;
  private final int batchSize;

  /**
   * For one network.
   *
   * @param model tells its parameters from all others: a checksum
   * @param classes the name of each class
   */
  public Predictor(
      JavaSparkContext spark,
      String model,
      Engine engine,
      ImageShape shape,
      List<String> classes,
      int batchSize) {
    this.spark = spark;
    this.model = model;
    this.engine = engine;
    this.shape = shape;
    this.classes = List.copyOf(classes);
    this.batchSize = batchSize;
  }

  /**
   * Makes the parts that a folder lacks.
   *
   * @param progress is told how many parts are done, each time one is, on another thread
   * @return what all parts hold
   */
  public PartCounts predict(
      List<ImagePart> parts, float[] parameters, Path folder, IntConsumer progress) {
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    TaskProgress listening = new TaskProgress(progress);
    spark.sc().addSparkListener(listening);
    try {
      JavaRDD<ImagePart> tasks = spark.parallelize(parts, parts.size());
      return PartitionJob.run(
              tasks,
              PartCounts.class,
              new PartPrediction(
                  model, engine, shape, classes, batchSize, folder.toString(), broadcast))
          .stream()
          .reduce(PartCounts.NONE, PartCounts::plus);
    } finally {
      spark.sc().removeSparkListener(listening);
      broadcast.destroy();
    }
  }

  /** A part's making, on an executor. */
  private record PartPrediction(
      String model,
      Engine engine,
      ImageShape shape,
      List<String> classes,
      int batchSize,
      String folder,
      Broadcast<float[]> parameters)
      implements PartitionJob.Work<ImagePart, PartCounts> {
    @Override
    public PartCounts run(int partition, Iterator<ImagePart> parts) {
      PartCounts counts = PartCounts.NONE;
      try {
        while (parts.hasNext()) {
          counts = counts.plus(made(parts.next()));
        }
        return counts;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private PartCounts made(ImagePart part) throws IOException {
      Configuration hadoop = TaskHadoop.settings();
      Path target = new Path(folder, PredictionDirectory.partName(part.number()));
      Optional<PartCounts> already = PredictionFile.counts(target, hadoop);
      if (already.isPresent()) {
        return already.get();
      }
      try (PredictionFile file = PredictionFile.create(target, classes, hadoop)) {
        Labelling labelling =
            new Labelling(
                shape, classes.size(), batchSize, new Scoring(model, engine, parameters), file);
        part.read(shape, hadoop, labelling);
        labelling.flush();
        return file.finish();
      }
    }
  }

  /**
   * Refuses an output that holds more or fewer images than there are.
   *
   * @throws InvalidDataException if a part of the input was not found, or was found twice
   */
  public static void requireAll(PartCounts made, long expected, Path images) {
    if (made.images() != expected) {
      throw new InvalidDataException(
          "%s: %d images were found where %d should be. If it is a prepared set, delete it and prepare it again."
              .formatted(images, made.images(), expected));
    }
  }
}
