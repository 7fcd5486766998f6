package convoy.bench;

import convoy.data.augment.Augmentation;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.Averaging;
import convoy.driver.train.ImageWork;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
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
 * Images per second of two workers on two cores beside those of one worker on one core, in turns in
 * one process: averaging frequency 10, batch 128, whole rounds with all that Spark adds. And what
 * two threads do beside one without Spark.
 */
public final class Scaling {
  private static final int BATCH = 128;
  private static final int FREQUENCY = 10;

  private final SparkSession spark;
  private final PreparedDataset dataset;
  private final Engine engine;

  private Scaling(SparkSession spark, PreparedDataset dataset, String name) {
    this.spark = spark;
    this.dataset = dataset;
    engine = Engine.dl4j(Sessions.network(name, dataset).configuration(Optimizer.ADAM, 1e-3, 1));
  }

  /** Takes a network, a prepared set or the name of one, rounds a turn, and turns. */
  public static void main(String[] args) throws IOException {
    int rounds = Integer.parseInt(args[2]);
    int turns = Integer.parseInt(args[3]);
    try (SparkSession spark = Sessions.local(2)) {
      Scaling scaling = new Scaling(spark, Sessions.dataset(spark, args[1]), args[0]);
      Workers one = scaling.new Workers(1);
      Workers two = scaling.new Workers(2);
      double[] ratios = new double[turns];
      double[] possible = new double[turns];
      try (BareThreads bare = scaling.bare()) {
        for (int turn = -1; turn < turns; turn++) {
          double alone = one.imagesPerSecond(rounds);
          double both = two.imagesPerSecond(rounds);
          int steps = rounds * FREQUENCY;
          double threads = 2 * bare.seconds(1, steps) / bare.seconds(2, steps);
          // The first turn warms up.
          if (turn >= 0) {
            ratios[turn] = both / alone;
            possible[turn] = threads;
          }
          System.err.printf(
              Locale.ROOT, "%.0f %.0f %.2f %.2f%n", alone, both, both / alone, threads);
        }
      }
      Arrays.sort(ratios);
      Arrays.sort(possible);
      System.out.printf(
          Locale.ROOT, "speedup=%.3f possible=%.3f%n", ratios[turns / 2], possible[turns / 2]);
    }
  }

  private BareThreads bare() {
    Random random = new Random(1);
    float[] images = new float[BATCH * dataset.shape().pixels()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    int[] labels = random.ints(BATCH, 0, dataset.classes().size()).toArray();
    return BareThreads.training(engine, images, labels);
  }

  /** A number of workers, each with its trainer kept alive. */
  private final class Workers {
    private final int number;
    private final String id = UUID.randomUUID().toString();
    private final JavaRDD<ImageBlock> shards;
    private final long images;

    Workers(int number) {
      this.number = number;
      shards = dataset.shards(spark, 0, number).cache();
      images = dataset.manifest().counts().train();
      shards.count();
    }

    double imagesPerSecond(int rounds) {
      int steps = rounds * FREQUENCY;
      Training training =
          new Training(
              new TrainingPlan(number, 0, steps, BATCH, 1, Averaging.plain(FREQUENCY)),
              new SparkRounds<>(
                  JavaSparkContext.fromSparkContext(spark.sparkContext()),
                  ImageWork.of(id, engine, dataset.shape(), Augmentation.NONE),
                  shards),
              Training.Sizes.even(images, number));
      long start = System.nanoTime();
      training.run(training.start(engine.initialState()), TrainingListener.SILENT);
      return (double) number * steps * BATCH * 1e9 / (System.nanoTime() - start);
    }
  }
}
