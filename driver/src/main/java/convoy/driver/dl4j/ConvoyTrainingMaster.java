package convoy.driver.dl4j;

import convoy.driver.store.Json;
import convoy.driver.train.Averaging;
import convoy.model.engine.Dl4jNetwork;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
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
  private final Epochs.Settings settings;
  private final Epochs epochs;

  private ConvoyTrainingMaster(Epochs.Settings settings) {
    this.settings = settings;
    epochs = new Epochs(settings);
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
      return new ConvoyTrainingMaster(
          new Epochs.Settings(batchSizePerWorker, workers, averaging, seed));
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
    spark.setScore(
        epochs.train(
            spark.getSparkContext(),
            Dl4jNetwork.of(spark.getNetwork()),
            data,
            () -> ExampleShards.numbered(data, DataSet::toMultiDataSet)));
  }

  @Override
  public void executeTraining(SparkComputationGraph spark, JavaRDD<DataSet> data) {
    train(spark, data, () -> ExampleShards.numbered(data, DataSet::toMultiDataSet));
  }

  @Override
  public void executeTrainingMDS(SparkComputationGraph spark, JavaRDD<MultiDataSet> data) {
    train(spark, data, () -> ExampleShards.numbered(data, set -> set));
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
      train(graph, paths, () -> stored.read(graph.getSparkContext(), paths));
    } else {
      JavaSparkContext spark = network.getSparkContext();
      Dl4jNetwork trainee = Dl4jNetwork.of(network.getNetwork());
      network.setScore(epochs.train(spark, trainee, paths, () -> stored.read(spark, paths)));
    }
  }

  private void train(
      SparkComputationGraph spark,
      JavaRDD<?> rdd,
      Supplier<JavaPairRDD<Long, PackedExamples>> examples) {
    Dl4jNetwork network = Dl4jNetwork.of(spark.getNetwork());
    spark.setScore(epochs.train(spark.getSparkContext(), network, rdd, examples));
  }

  @Override
  public void addHook(TrainingHook hook) {
    epochs.hooks().add(hook);
  }

  @Override
  public void removeHook(TrainingHook hook) {
    epochs.hooks().remove(hook);
  }

  @Override
  public void setListeners(
      Collection<org.deeplearning4j.optimize.api.TrainingListener> trainingListeners) {
    epochs.tell(List.copyOf(trainingListeners));
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
    epochs.forget();
    return true;
  }

  @Override
  public boolean deleteTempFiles(SparkContext spark) {
    epochs.forget();
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
