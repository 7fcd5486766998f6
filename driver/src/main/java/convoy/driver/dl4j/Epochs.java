package convoy.driver.dl4j;

import convoy.driver.train.Averaging;
import convoy.driver.train.OuterState;
import convoy.driver.train.Position;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Dl4jNetwork;
import convoy.model.engine.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Epochs of a user's network, one after another, and what is kept between them: the spread
 * examples, the networks in the executors, the outer optimizer's state.
 */
final class Epochs {
  private final Settings settings;
  private final List<TrainingHook> hooks = new ArrayList<>();
  private List<org.deeplearning4j.optimize.api.TrainingListener> listeners = List.of();

  private int rdd = -1;
  private ExampleShards shards;
  private Model trained;
  private String id;
  private OuterState outer;
  private int rounds;

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
   * Trains for one epoch.
   *
   * @param rddId of the user's RDD, by which it is known again
   * @param data what it holds
   */
  void train(JavaSparkContext spark, Dl4jNetwork network, int rddId, JavaRDD<MultiDataSet> data) {
    int number = settings.workers > 0 ? settings.workers : spark.defaultParallelism();
    if (rddId != rdd) {
      forget();
      shards = ExampleShards.of(data, number);
      rdd = rddId;
    }
    TrainingState start = network.state();
    if (network.model() != trained) {
      trained = network.model();
      id = UUID.randomUUID().toString();
      outer = null;
      rounds = 0;
    }
    if (shards.total() == 0) {
      throw new IllegalArgumentException("the RDD holds no examples to train on");
    }
    ExampleWork work =
        new ExampleWork(id, network.description(), network.runningStatistics(), List.copyOf(hooks));
    TrainingPlan plan =
        new TrainingPlan(
            number,
            start.epoch() + 1,
            0,
            settings.batchSizePerWorker,
            settings.seed,
            settings.averaging);
    Training<PackedExamples> training =
        new Training<>(
            spark,
            plan,
            work,
            shards.examples(),
            new Training.Sizes(shards.total(), shards.longest()));
    Position from = training.start(start);
    if (outer != null) {
      from = from.goingOn(outer, rounds);
    }
    TrainingState model = training.run(from, new Epoch(network));
    // The caller counts the epoch itself.
    network.set(model.withCounters(model.iteration(), start.epoch()));
  }

  /** One epoch of the network. */
  private final class Epoch implements TrainingListener {
    private final Dl4jNetwork network;

    Epoch(Dl4jNetwork network) {
      this.network = network;
    }

    @Override
    public void roundDone(Progress progress) {
      network.setScore(progress.loss());
    }

    @Override
    public void epochDone(EpochSummary summary, TrainingState model) {}

    @Override
    public void reached(Position position) {
      outer = position.outer();
      rounds = position.round();
      if (!listeners.isEmpty()) {
        TrainingState state = position.state();
        network.set(state);
        listeners.forEach(
            listener -> listener.iterationDone(network.model(), state.iteration(), state.epoch()));
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
    rdd = -1;
  }
}
