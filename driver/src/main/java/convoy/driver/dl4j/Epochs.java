package convoy.driver.dl4j;

import convoy.driver.train.Averaging;
import convoy.driver.train.Position;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Dl4jNetwork;
import convoy.model.engine.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;

/**
 * Epochs of a user's network, one after another, and what is kept between them: the spread
 * examples, the networks in the executors, the outer optimizer's state.
 */
final class Epochs {
  private final Settings settings;
  private final List<TrainingHook> hooks = new ArrayList<>();
  private List<org.deeplearning4j.optimize.api.TrainingListener> listeners = List.of();

  private JavaRDD<?> spread;
  private ExampleShards shards;

  private Model trained;
  private String id;

  /** After the last epoch; null before the first. */
  private Position reached;

  /** The parameters that the network was left with then. */
  private float[] left;

  Epochs(Settings settings) {
    this.settings = settings;
  }

  /**
   * How to train.
   *
   * @param workers 0 for as many as tasks can run at a time
   */
  record Settings(int batchSizePerWorker, int workers, Averaging averaging, long seed) {}

  /** Called around every minibatch, on the workers. */
  List<TrainingHook> hooks() {
    return hooks;
  }

  /** Has these called after every round, on the driver. */
  void tell(List<org.deeplearning4j.optimize.api.TrainingListener> whom) {
    listeners = whom;
  }

  /**
   * Trains for one epoch, and returns its mean loss.
   *
   * @param rdd the user's, by which its examples are known again
   * @param examples reads them, numbered from 0
   */
  double train(
      JavaSparkContext spark,
      Dl4jNetwork network,
      JavaRDD<?> rdd,
      Supplier<JavaPairRDD<Long, PackedExamples>> examples) {
    int workers = settings.workers > 0 ? settings.workers : spark.defaultParallelism();
    if (rdd != spread) {
      forget();
      shards = ExampleShards.of(examples.get(), workers);
      spread = rdd;
    }
    if (shards.total() == 0) {
      throw new IllegalArgumentException("the RDD holds no examples to train on");
    }
    if (network.model() != trained) {
      trained = network.model();
      id = UUID.randomUUID().toString();
      reached = null;
    }
    TrainingState now = network.state();
    Training training =
        new Training(
            new TrainingPlan(
                workers,
                now.epoch() + 1,
                0,
                settings.batchSizePerWorker,
                settings.seed,
                settings.averaging),
            new SparkRounds<>(
                spark,
                new ExampleWork(
                    id, network.description(), network.runningStatistics(), List.copyOf(hooks)),
                shards.examples()),
            new Training.Sizes(shards.total(), shards.longest()));
    // What was left may have been a moving average, which is no place to go on from.
    boolean untouched = reached != null && Arrays.equals(left, now.parameters());
    Position from = untouched ? reached.goingOn(now.iteration(), now.epoch()) : training.start(now);
    Epoch epoch = new Epoch(network, now.epoch());
    TrainingState model = training.run(from, epoch);
    reached = epoch.last;
    left = model.parameters();
    // The caller counts the epoch itself.
    network.set(model.withCounters(model.iteration(), now.epoch()));
    return network.model().score();
  }

  /** Tells listeners of one epoch's rounds. */
  private final class Epoch implements TrainingListener {
    private final Dl4jNetwork network;
    private final int number;
    private Position last;

    Epoch(Dl4jNetwork network, int number) {
      this.network = network;
      this.number = number;
    }

    @Override
    public void roundDone(Progress progress) {
      network.setScore(progress.loss());
    }

    @Override
    public void epochDone(EpochSummary summary, TrainingState model) {}

    @Override
    public void reached(Position position) {
      last = position;
      if (!listeners.isEmpty()) {
        int iteration = position.state().iteration();
        network.set(position.state().withCounters(iteration, number));
        listeners.forEach(listener -> listener.iterationDone(network.model(), iteration, number));
      }
    }

    @Override
    public boolean hasEnough() {
      return false;
    }
  }

  /** Lets go of the examples in the executors. */
  void forget() {
    if (shards != null) {
      shards.examples().unpersist();
    }
    shards = null;
    spread = null;
  }
}
