package convoy.bench;

import com.sun.management.OperatingSystemMXBean;
import convoy.data.augment.Augmentation;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.Averaging;
import convoy.driver.train.EpochSums;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What a round costs beside the workers' own compute: its wall time less that of the slowest
 * worker, for networks of any number of parameters. Two dense layers, so that compute is short;
 * Adam, so that a state is three times the parameters.
 */
public final class Rounds {
  private static final int SIDE = 28;
  private static final int BATCH = 16;

  /** Driver and executors compile for so long: the same round takes 51 ms at first, and then 21. */
  private static final int WARM_UP = 1_000;

  private Rounds() {}

  /**
   * Takes parameters, workers, how many rounds are measured, a master if not local[2], and the
   * averaging frequency if not 1.
   */
  public static void main(String[] args) throws IOException {
    long parameters = Long.parseLong(args[0]);
    int workers = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    int units = Math.toIntExact(Math.max(1, (parameters - 10) / (SIDE * SIDE + 11)));
    try (SparkSession spark = Sessions.at(args.length > 3 ? args[3] : "local[2]")) {
      PreparedDataset mnist = Sessions.dataset(spark, "mnist");
      int images = Math.toIntExact(mnist.manifest().counts().train());
      int frequency = args.length > 4 ? Integer.parseInt(args[4]) : 1;
      JavaRDD<ImageBlock> shards = mnist.shards(spark, 0, workers).cache();
      shards.count();
      Engine engine = Engine.dl4j(configuration(units));
      Training training =
          new Training(
              new TrainingPlan(
                  workers, 0, (WARM_UP + rounds) * frequency, BATCH, 1, Averaging.plain(frequency)),
              new SparkRounds<>(
                  JavaSparkContext.fromSparkContext(spark.sparkContext()),
                  ImageWork.of(
                      UUID.randomUUID().toString(), engine, mnist.shape(), Augmentation.NONE),
                  shards),
              Training.Sizes.even(images, workers));
      Clock clock = new Clock();
      TrainingState initial = engine.initialState();
      training.run(training.start(initial), clock);
      List<Round> measured = clock.rounds.subList(WARM_UP, clock.rounds.size());
      System.out.printf(
          Locale.ROOT,
          "parameters=%d round=%.2f ms compute=%.2f ms averaging=%.2f ms overhead=%.2f ms driver=%.2f ms%n",
          initial.parameters().length,
          1e3 * median(measured, Round::wall),
          1e3 * median(measured, Round::compute),
          1e3 * median(measured, Round::averaging),
          1e3 * median(measured, round -> round.wall - round.compute),
          (processorNanos() - clock.processorWhenWarm) / 1e6 / rounds);
    }
  }

  private static String configuration(int units) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Adam(1e-3))
        .list()
        .layer(new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.convolutional(SIDE, SIDE, 1))
        .build()
        .toJson();
  }

  /** Of this process, which is the driver and, unless the master is a cluster, the workers too. */
  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /**
   * Seconds of one round.
   *
   * @param wall from the end of the round before
   * @param compute of the slowest worker
   */
  private record Round(double wall, double compute, double averaging) {}

  /** Takes single rounds out of an epoch's sums. */
  private static final class Clock implements TrainingListener {
    private static final EpochSums NONE = new EpochSums(0, 0, 0, 0, 0, 0);

    private final List<Round> rounds = new ArrayList<>();
    private EpochSums before = NONE;
    private EpochSums now = NONE;
    private long reached = System.nanoTime();
    private long processorWhenWarm;

    @Override
    public void roundDone(Progress progress) {
      // An epoch's first round starts at nothing.
      before = progress.images() > now.images() ? now : NONE;
      now = progress.sums();
    }

    @Override
    public void epochDone(EpochSummary summary, TrainingState model) {}

    @Override
    public void reached(Position position) {
      long last = reached;
      reached = System.nanoTime();
      rounds.add(
          new Round(
              (reached - last) / 1e9,
              now.computeSeconds() - before.computeSeconds(),
              now.averagingSeconds() - before.averagingSeconds()));
      if (rounds.size() == WARM_UP) {
        processorWhenWarm = processorNanos();
      }
    }

    @Override
    public boolean hasEnough() {
      return false;
    }
  }
}
