package convoy.driver.dl4j;

import convoy.driver.store.Json;
import convoy.driver.train.Averaging;
import convoy.driver.train.OuterState;
import convoy.driver.train.Position;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Dl4jNetwork;
import convoy.model.engine.TrainingState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Trains a {@code SparkDl4jMultiLayer} or {@code SparkComputationGraph} by Convoy's rounds, in the
 * place of {@code ParameterAveragingTrainingMaster}. Driver only; not serialisable.
 *
 * <p>Each {@code fit} is one epoch: every example is used once, in an order that follows from the
 * seed and the epoch; the mean is weighted by examples; the updater state is averaged and kept; the
 * iteration counter counts the minibatches really fitted. An RDD is spread over the workers when it
 * is first seen and stays in the executors until another one comes or {@code deleteTempFiles} is
 * called, so that its images are what they were in the first epoch; hand {@code fit} a new RDD for
 * new ones. Listeners are called on the driver, once a round. Networks must be of type FLOAT.
 */
public final class ConvoyTrainingMaster
    implements TrainingMaster<TrainingResult, TrainingWorker<TrainingResult>> {
  private final int batchSizePerWorker;
  private final int workers;
  private final Averaging averaging;
  private final long seed;
  private final List<TrainingHook> hooks = new ArrayList<>();
  private List<org.deeplearning4j.optimize.api.TrainingListener> listeners = List.of();

  private int rdd = -1;
  private ExampleShards shards;
  private Model trained;
  private String id;
  private OuterState outer;
  private int rounds;

  private ConvoyTrainingMaster(Builder builder) {
    batchSizePerWorker = builder.batchSizePerWorker;
    workers = builder.workers;
    averaging = builder.averaging;
    seed = builder.seed;
  }

  /** Settings, with the defaults of {@code train} on the command line. */
  public static final class Builder {
    private final int batchSizePerWorker;
    private int workers;
    private Averaging averaging = Averaging.plain(10);
    private long seed = 1;

    /**
     * For minibatches of that many examples.
     *
     * @throws IllegalArgumentException if that is less than 1
     */
    public Builder(int batchSizePerWorker) {
      this.batchSizePerWorker = atLeastOne("batch size", batchSizePerWorker);
    }

    /** Networks trained at a time (default: the cluster's parallelism). */
    public Builder workers(int number) {
      workers = atLeastOne("workers", number);
      return this;
    }

    /** Minibatches that a worker fits between two averagings (default: 10). */
    public Builder averagingFrequency(int minibatches) {
      averaging = Averaging.plain(minibatches);
      return this;
    }

    /** Everything about averaging, for example an outer optimizer. */
    public Builder averaging(Averaging how) {
      averaging = Objects.requireNonNull(how, "averaging");
      return this;
    }

    /** What the order of examples and dropout follow from (default: 1). */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** The training master. */
    public ConvoyTrainingMaster build() {
      return new ConvoyTrainingMaster(this);
    }

    private static int atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException("%s must be at least 1, got %d".formatted(what, value));
      }
      return value;
    }
  }

  @Override
  public void executeTraining(SparkDl4jMultiLayer spark, JavaRDD<DataSet> data) {
    Dl4jNetwork network = Dl4jNetwork.of(spark.getNetwork());
    train(spark.getSparkContext(), network, data.id(), data.map(DataSet::toMultiDataSet));
    spark.setScore(network.model().score());
  }

  @Override
  public void executeTraining(SparkComputationGraph spark, JavaRDD<DataSet> data) {
    Dl4jNetwork network = Dl4jNetwork.of(spark.getNetwork());
    train(spark.getSparkContext(), network, data.id(), data.map(DataSet::toMultiDataSet));
    spark.setScore(network.model().score());
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph spark, JavaRDD<MultiDataSet> data) {
    Dl4jNetwork network = Dl4jNetwork.of(spark.getNetwork());
    train(spark.getSparkContext(), network, data.id(), data);
    spark.setScore(network.model().score());
  }

  @Override
  public void executeTrainingPaths(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<String> paths,
      DataSetLoader loader,
      MultiDataSetLoader multiLoader) {
    StoredSets stored = new StoredSets(loader, multiLoader);
    if (network == null) {
      Dl4jNetwork trainee = Dl4jNetwork.of(graph.getNetwork());
      JavaSparkContext spark = graph.getSparkContext();
      train(spark, trainee, paths.id(), stored.read(spark, paths));
      graph.setScore(trainee.model().score());
    } else {
      Dl4jNetwork trainee = Dl4jNetwork.of(network.getNetwork());
      JavaSparkContext spark = network.getSparkContext();
      train(spark, trainee, paths.id(), stored.read(spark, paths));
      network.setScore(trainee.model().score());
    }
  }

  private void train(
      JavaSparkContext spark, Dl4jNetwork network, int rddId, JavaRDD<MultiDataSet> data) {
    int number = workers > 0 ? workers : spark.defaultParallelism();
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
        new TrainingPlan(number, start.epoch() + 1, 0, batchSizePerWorker, seed, averaging);
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

  private void forget() {
    if (shards != null) {
      shards.examples().unpersist();
    }
    shards = null;
    rdd = -1;
  }

  @Override
  public void addHook(TrainingHook hook) {
    hooks.add(hook);
  }

  @Override
  public void removeHook(TrainingHook hook) {
    hooks.remove(hook);
  }

  @Override
  public void setListeners(
      Collection<org.deeplearning4j.optimize.api.TrainingListener> trainingListeners) {
    listeners = List.copyOf(trainingListeners);
  }

  @Override
  public void setListeners(
      StatsStorageRouter router,
      Collection<org.deeplearning4j.optimize.api.TrainingListener> trainingListeners) {
    for (org.deeplearning4j.optimize.api.TrainingListener listener : trainingListeners) {
      if (listener instanceof RoutingIterationListener routing) {
        routing.setStorageRouter(router);
      }
    }
    setListeners(trainingListeners);
  }

  /** Lets go of the examples in the executors; there are no files. */
  @Override
  public boolean deleteTempFiles(JavaSparkContext spark) {
    forget();
    return true;
  }

  @Override
  public boolean deleteTempFiles(SparkContext spark) {
    forget();
    return true;
  }

  @Override
  public void setCollectTrainingStats(boolean collect) {
    if (collect) {
      throw new UnsupportedOperationException(
          "training statistics are the stock master's; set a listener instead");
    }
  }

  @Override
  public boolean getIsCollectTrainingStats() {
    return false;
  }

  /** None are collected. */
  @Override
  public SparkTrainingStats getTrainingStats() {
    return null;
  }

  @Override
  public String toJson() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batchSizePerWorker", batchSizePerWorker);
    settings.put("workers", workers);
    settings.put("averaging", averaging);
    settings.put("seed", seed);
    return Json.pretty(settings);
  }

  /** JSON is YAML. */
  @Override
  public String toYaml() {
    return toJson();
  }

  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkDl4jMultiLayer network) {
    throw noWorkers();
  }

  @Override
  public TrainingWorker<TrainingResult> getWorkerInstance(SparkComputationGraph graph) {
    throw noWorkers();
  }

  private static UnsupportedOperationException noWorkers() {
    return new UnsupportedOperationException(
        "dl4j-spark's worker objects are for its own masters; nothing else asks for them");
  }
}
