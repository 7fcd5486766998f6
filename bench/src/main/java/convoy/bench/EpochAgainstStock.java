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
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One epoch of MNIST with {@code lenet5} on {@code local[2]}: Convoy's rounds beside DL4J's stock
 * {@link ParameterAveragingTrainingMaster}. {@code bench/run} measures the sides in turn, each in a
 * process of its own, because the stock master leaves cached copies of the images behind.
 *
 * <p>Both train on the same 50,000 images in minibatches of 128 with an averaging frequency of 10
 * and Adam 1e-3. The stock master runs DL4J as it comes, but averages the updater state as Convoy
 * does. It is fed a cached RDD in the ways that its users feed it: ready minibatches, or a {@link
 * DataSet} for each image as record readers make them; exported to files first, which is its
 * default, or directly. It leaves out images of the last incomplete round; its wall time counts for
 * what it calls an epoch.
 */
public final class EpochAgainstStock {
  private static final int WORKERS = 2;
  private static final int BATCH = 128;
  private static final int FREQUENCY = 10;
  private static final long HELD_OUT = 10_000;

  private final SparkSession spark;
  private final PreparedDataset dataset;
  private final Network network = Zoo.named("lenet5", new InputShape(1, 28, 28), 10);

  private EpochAgainstStock(SparkSession spark, PreparedDataset dataset) {
    this.spark = spark;
    this.dataset = dataset;
  }

  /** Takes the side to measure: convoy, or one of {@link Stock}'s names. */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark = Sessions.local(WORKERS)) {
      EpochAgainstStock bench = new EpochAgainstStock(spark, Sessions.dataset(spark, "mnist"));
      System.out.printf(
          Locale.ROOT,
          "epoch=%.2f s%n",
          args[0].equals("convoy")
              ? bench.convoySeconds()
              : bench.stockSeconds(Stock.valueOf(args[0])));
    }
  }

  /** The ways of feeding the stock master. */
  private enum Stock {
    EXPORT_MINIBATCHES(BATCH, RDDTrainingApproach.Export),
    EXPORT_IMAGES(1, RDDTrainingApproach.Export),
    DIRECT_IMAGES(1, RDDTrainingApproach.Direct);

    private final int imagesInEach;
    private final RDDTrainingApproach approach;

    Stock(int imagesInEach, RDDTrainingApproach approach) {
      this.imagesInEach = imagesInEach;
      this.approach = approach;
    }
  }

  private double convoySeconds() {
    JavaRDD<ImageBlock> shards = dataset.shards(spark, HELD_OUT, WORKERS).cache();
    long images = shards.map(block -> (long) block.size()).fold(0L, Long::sum);
    return lastEpoch(() -> convoySeconds(shards, images));
  }

  private double stockSeconds(Stock how) {
    JavaRDD<DataSet> sets =
        dataset
            .shards(spark, HELD_OUT, WORKERS)
            .flatMap(block -> dataSets(block, how.imagesInEach))
            .persist(StorageLevel.MEMORY_ONLY_SER());
    sets.count();
    return lastEpoch(() -> stockSeconds(how, sets));
  }

  /** Of three epochs, each of a network of its own: by then the JVM has compiled what matters. */
  private static double lastEpoch(DoubleSupplier epoch) {
    double seconds = Double.NaN;
    for (int i = 0; i < 3; i++) {
      seconds = epoch.getAsDouble();
    }
    return seconds;
  }

  private double convoySeconds(JavaRDD<ImageBlock> shards, long images) {
    TrainingPlan plan = new TrainingPlan(WORKERS, 1, 0, BATCH, 1, Averaging.plain(FREQUENCY));
    Engine engine = Engine.dl4j(configuration());
    long start = System.nanoTime();
    Training training =
        new Training(
            plan,
            new SparkRounds<>(
                JavaSparkContext.fromSparkContext(spark.sparkContext()),
                ImageWork.of(
                    UUID.randomUUID().toString(), engine, dataset.shape(), Augmentation.NONE),
                shards),
            Training.Sizes.even(images, WORKERS));
    training.run(training.start(engine.initialState()), TrainingListener.SILENT);
    return (System.nanoTime() - start) / 1e9;
  }

  private double stockSeconds(Stock how, JavaRDD<DataSet> sets) {
    ParameterAveragingTrainingMaster master =
        new ParameterAveragingTrainingMaster.Builder(WORKERS, how.imagesInEach)
            .batchSizePerWorker(BATCH)
            .averagingFrequency(FREQUENCY)
            .saveUpdater(true)
            .rddTrainingApproach(how.approach)
            .build();
    MultiLayerConfiguration stockNetwork = MultiLayerConfiguration.fromJson(configuration());
    stockNetwork.getConfs().forEach(layer -> layer.setCacheMode(CacheMode.NONE));
    stockNetwork.setCacheMode(CacheMode.NONE);
    SparkDl4jMultiLayer stock = new SparkDl4jMultiLayer(spark.sparkContext(), stockNetwork, master);
    long start = System.nanoTime();
    stock.fit(sets);
    double seconds = (System.nanoTime() - start) / 1e9;
    master.deleteTempFiles(spark.sparkContext());
    return seconds;
  }

  private String configuration() {
    return network.configuration(network.recipe().optimizer(), network.recipe().learningRate(), 1);
  }

  private static Iterator<DataSet> dataSets(ImageBlock block, int size) {
    int pixels = block.pixels().length / block.size();
    List<DataSet> sets = new ArrayList<>();
    for (int from = 0; from < block.size(); from += size) {
      int count = Math.min(size, block.size() - from);
      float[] images = new float[count * pixels];
      float[][] labels = new float[count][10];
      byte[] bytes = Arrays.copyOfRange(block.pixels(), from * pixels, (from + count) * pixels);
      for (int i = 0; i < images.length; i++) {
        images[i] = (bytes[i] & 0xff) / 255f;
      }
      for (int i = 0; i < count; i++) {
        labels[i][block.label(from + i)] = 1;
      }
      INDArray features = Nd4j.createFromArray(images).reshape(count, 1, 28, 28);
      sets.add(new DataSet(features, Nd4j.createFromArray(labels)));
    }
    return sets.iterator();
  }
}
