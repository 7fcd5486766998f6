package convoy.driver.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.LocalSpark;
import convoy.driver.train.Averaging;
import convoy.driver.train.AveragingFrequency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Programs written against dl4j-spark, with one line changed. */
final class ConvoyTrainingMasterTest {
  private static final int EXAMPLES = 83;
  private static final int VALUES = 36;
  private static final int CLASSES = 3;

  /** A graph with two branches, fed in minibatches that the workers' shards do not divide into. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void sgdAveragedEveryMinibatchEqualsOneMachineForAGraph(int workers) {
    ComputationGraphConfiguration branched = branched(new Sgd(0.1));
    SparkComputationGraph spark =
        new SparkComputationGraph(
            LocalSpark.context(),
            branched.clone(),
            new ConvoyTrainingMaster.Builder(8).workers(workers).averagingFrequency(1).build());
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 3);
    spark.fit(rdd);
    spark.fit(rdd);

    ComputationGraph plain = new ComputationGraph(branched);
    plain.init();
    for (int epoch = 0; epoch < 2; epoch++) {
      for (List<DataSet> united : unitedMinibatches(workers, 8, epoch)) {
        plain.fit(DataSet.merge(united));
      }
    }

    assertClose(spark.getNetwork().params(), plain.params());
    assertThat(spark.getNetwork().getIterationCount()).isEqualTo(plain.getIterationCount());
    assertThat(spark.getNetwork().getEpochCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"1,10", "2,10", "3,4", "7,100"})
  void usesEveryExampleOnceAnEpoch(int workers, int frequency) {
    Seen.EXAMPLES.clear();
    ConvoyTrainingMaster master =
        new ConvoyTrainingMaster.Builder(8).workers(workers).averagingFrequency(frequency).build();
    master.addHook(new Seen());
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(LocalSpark.context(), dense(new Adam(1e-3)), master);
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 3);
    for (int epoch = 1; epoch <= 2; epoch++) {
      spark.fit(rdd);
      assertThat(Seen.EXAMPLES).hasSize(epoch * EXAMPLES);
      List<Integer> all = new ArrayList<>();
      for (int e = 0; e < epoch; e++) {
        all.addAll(IntStream.range(0, EXAMPLES).boxed().toList());
      }
      assertThat(Seen.EXAMPLES).containsExactlyInAnyOrderElementsOf(all);
    }
    int shard = (EXAMPLES + workers - 1) / workers;
    assertThat(spark.getNetwork().getIterationCount()).isEqualTo(2 * ((shard + 7) / 8));
    assertThat(spark.getNetwork().getEpochCount()).isEqualTo(2);
  }

  /** On the RDD, the minibatches and the frequency that the stock master is given. */
  @Test
  void learnsAtLeastAsWellAsTheStockMaster() {
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 2);
    TrainingMaster<?, ?> stock =
        new ParameterAveragingTrainingMaster.Builder(2, 1)
            .batchSizePerWorker(8)
            .averagingFrequency(3)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .build();
    TrainingMaster<?, ?> convoy =
        new ConvoyTrainingMaster.Builder(8).workers(2).averagingFrequency(3).build();
    double theirs = lossAfter(8, stock, rdd);
    double ours = lossAfter(8, convoy, rdd);
    assertThat(ours).isLessThanOrEqualTo(theirs).isLessThan(0.5);
  }

  private static double lossAfter(int epochs, TrainingMaster<?, ?> master, JavaRDD<DataSet> rdd) {
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(LocalSpark.context(), dense(new Adam(3e-3)), master);
    for (int epoch = 0; epoch < epochs; epoch++) {
      spark.fit(rdd);
    }
    return spark.calculateScore(rdd, true);
  }

  @Test
  void goesOnWithTheUpdaterStateAndEndsInTheSameBytes() {
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 2);
    List<float[]> ends = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      SparkDl4jMultiLayer spark =
          new SparkDl4jMultiLayer(
              LocalSpark.context(),
              dense(new Adam(1e-3)),
              new ConvoyTrainingMaster.Builder(8).workers(2).averagingFrequency(3).build());
      spark.fit(rdd);
      INDArray state = spark.getNetwork().getUpdater().getStateViewArray();
      double before = state.norm2Number().doubleValue();
      assertThat(before).isPositive();
      spark.fit(rdd);
      assertThat(state.norm2Number().doubleValue()).isPositive().isNotEqualTo(before);
      assertThat(spark.getScore()).isPositive();
      ends.add(spark.getNetwork().params().dup().data().asFloat());
    }
    assertThat(ends.get(1)).isEqualTo(ends.get(0));
  }

  @Test
  void takesReadyMinibatchesAndMultiDataSets() {
    List<MultiDataSet> sets =
        List.of(set(0, 30), set(30, 31), set(31, 71), set(71, EXAMPLES)).stream()
            .<MultiDataSet>map(DataSet::toMultiDataSet)
            .toList();
    SparkComputationGraph spark =
        new SparkComputationGraph(
            LocalSpark.context(),
            branched(new Adam(1e-3)),
            new ConvoyTrainingMaster.Builder(8).workers(2).averagingFrequency(2).build());
    JavaRDD<MultiDataSet> rdd = LocalSpark.context().parallelize(sets, 2);
    double before = spark.calculateScoreMultiDataSet(rdd, true);
    for (int epoch = 0; epoch < 5; epoch++) {
      spark.fitMultiDataSet(rdd);
    }
    assertThat(spark.calculateScoreMultiDataSet(rdd, true)).isLessThan(before);
    // The longer shard has elements of 30 and 40 examples.
    assertThat(spark.getNetwork().getIterationCount()).isEqualTo(5 * 9);
  }

  /** As DL4J's own merging does, which one minibatch of all shows. */
  @Test
  void padsAndMasksSequencesOfUnequalLength() {
    Random random = new Random(1);
    List<DataSet> sequences = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int length = 2 + i % 3;
      sequences.add(new DataSet(sequence(random, 4, length), sequence(random, 1, length)));
    }
    MultiLayerConfiguration recurrent =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Sgd(0.1))
            .list()
            .layer(new LSTM.Builder().nIn(4).nOut(5).build())
            .layer(
                new RnnOutputLayer.Builder(LossFunction.MSE)
                    .nIn(5)
                    .nOut(1)
                    .activation(Activation.IDENTITY)
                    .build())
            .build();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(
            LocalSpark.context(),
            recurrent.clone(),
            new ConvoyTrainingMaster.Builder(12).workers(1).averagingFrequency(1).build());
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(sequences, 2);
    MultiLayerNetwork plain = new MultiLayerNetwork(recurrent);
    plain.init();
    for (int epoch = 0; epoch < 3; epoch++) {
      spark.fit(rdd);
      plain.fit(DataSet.merge(sequences));
    }
    assertClose(spark.getNetwork().params(), plain.params());
    assertThat(spark.getScore()).isPositive();
  }

  private static INDArray sequence(Random random, int values, int length) {
    float[][][] sequence = new float[1][values][length];
    for (float[] value : sequence[0]) {
      for (int t = 0; t < length; t++) {
        value[t] = random.nextFloat();
      }
    }
    return Nd4j.createFromArray(sequence);
  }

  /** The network shows the average, but training goes on from what was averaged. */
  @Test
  void goesOnBesideAMovingAverage() {
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 2);
    Averaging averaging =
        new Averaging(
            AveragingFrequency.constant(2), 0.8, 0.5, 0.9, Averaging.UpdaterState.AVERAGED, 0);
    List<float[]> ends = new ArrayList<>();
    for (int movingAverages = 0; movingAverages < 2; movingAverages++) {
      List<float[]> raw = new ArrayList<>();
      SparkDl4jMultiLayer spark =
          new SparkDl4jMultiLayer(
              LocalSpark.context(),
              dense(new Adam(1e-3)),
              new ConvoyTrainingMaster.Builder(8)
                  .workers(2)
                  .averaging(
                      movingAverages == 1
                          ? averaging
                          : new Averaging(
                              averaging.frequency(),
                              averaging.outerLearningRate(),
                              averaging.outerMomentum(),
                              0,
                              averaging.updaterState(),
                              0))
                  .build());
      spark.setListeners(
          List.of(
              new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                  raw.add(model.params().dup().data().asFloat());
                }
              }));
      for (int epoch = 0; epoch < 3; epoch++) {
        spark.fit(rdd);
      }
      ends.add(raw.get(raw.size() - 1));
      boolean shown =
          java.util.Arrays.equals(
              spark.getNetwork().params().dup().data().asFloat(), raw.get(raw.size() - 1));
      assertThat(shown).isEqualTo(movingAverages == 0);
    }
    assertThat(ends.get(1)).isEqualTo(ends.get(0));
  }

  @Test
  void readsDataSetsFromFiles(@TempDir Path folder) {
    for (int i = 0; i < EXAMPLES; i++) {
      set(i, i + 1).save(folder.resolve(i + ".bin").toFile());
    }
    Seen.EXAMPLES.clear();
    ConvoyTrainingMaster master =
        new ConvoyTrainingMaster.Builder(8).workers(2).averagingFrequency(3).build();
    master.addHook(new Seen());
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(LocalSpark.context(), dense(new Adam(1e-3)), master);
    spark.fit(folder.toUri().toString());
    assertThat(Seen.EXAMPLES)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, EXAMPLES).boxed().toList());
  }

  @Test
  void tellsListenersOfEveryRound() {
    List<Integer> iterations = new ArrayList<>();
    List<Integer> epochs = new ArrayList<>();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(
            LocalSpark.context(),
            dense(new Adam(1e-3)),
            new ConvoyTrainingMaster.Builder(8).workers(2).averagingFrequency(3).build());
    spark.setListeners(
        List.of(
            new BaseTrainingListener() {
              @Override
              public void iterationDone(Model model, int iteration, int epoch) {
                iterations.add(iteration);
                epochs.add(epoch);
                assertThat(model.score()).isPositive();
              }
            }));
    spark.fit(LocalSpark.context().parallelize(singles(), 2));
    assertThat(iterations).containsExactly(3, 6);
    assertThat(epochs).containsExactly(0, 0);
  }

  @Test
  void refusesWhatItCannotTrain() {
    MultiLayerConfiguration doubles = dense(new Sgd(0.1));
    doubles.setDataType(DataType.DOUBLE);
    doubles.getConfs().forEach(conf -> conf.setDataType(DataType.DOUBLE));
    ConvoyTrainingMaster master = new ConvoyTrainingMaster.Builder(8).workers(2).build();
    SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(LocalSpark.context(), doubles, master);
    JavaRDD<DataSet> rdd = LocalSpark.context().parallelize(singles(), 2);
    assertThatThrownBy(() -> spark.fit(rdd))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "the network's parameters must be of type FLOAT, got DOUBLE; build it with");
    SparkDl4jMultiLayer nothing =
        new SparkDl4jMultiLayer(LocalSpark.context(), dense(new Sgd(0.1)), master);
    JavaRDD<DataSet> empty = LocalSpark.context().parallelize(List.of(), 2);
    assertThatThrownBy(() -> nothing.fit(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the RDD holds no examples to train on");
    assertThatThrownBy(() -> new ConvoyTrainingMaster.Builder(0))
        .hasMessage("batch size must be at least 1, got 0");
  }

  /** What the workers' minibatches of each step are together, from the documented order. */
  private static List<List<DataSet>> unitedMinibatches(int workers, int batchSize, int epoch) {
    int longest = (EXAMPLES + workers - 1) / workers;
    List<List<DataSet>> united = new ArrayList<>();
    for (int minibatch = 0; minibatch * batchSize < longest; minibatch++) {
      List<DataSet> step = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        int shard = EXAMPLES / workers + (worker < EXAMPLES % workers ? 1 : 0);
        convoy.driver.train.RoundOrder order =
            new convoy.driver.train.RoundOrder(1, epoch, minibatch, 1, batchSize);
        for (int place : order.images(worker, shard)) {
          int example = place * workers + worker;
          step.add(set(example, example + 1));
        }
      }
      united.add(step);
    }
    return united;
  }

  private static List<DataSet> singles() {
    return IntStream.range(0, EXAMPLES).mapToObj(i -> set(i, i + 1)).toList();
  }

  /** Examples whose first value is their number, and whose class shows in the others. */
  private static DataSet set(int from, int to) {
    float[][] features = new float[to - from][VALUES];
    float[][] labels = new float[to - from][CLASSES];
    for (int i = 0; i < features.length; i++) {
      Random random = new Random(from + i);
      int label = random.nextInt(CLASSES);
      for (int v = 1; v < VALUES; v++) {
        features[i][v] = random.nextFloat() * 0.5f + (v % CLASSES == label ? 0.5f : 0);
      }
      features[i][0] = (from + i) / 1000f;
      labels[i][label] = 1;
    }
    return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
  }

  private static MultiLayerConfiguration dense(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(updater)
        .list()
        .layer(new DenseLayer.Builder().nOut(16).activation(Activation.RELU).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(InputType.feedForward(VALUES))
        .build();
  }

  private static ComputationGraphConfiguration branched(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(updater)
        .graphBuilder()
        .addInputs("image")
        .addLayer(
            "small",
            new ConvolutionLayer.Builder(3, 3).nOut(3).activation(Activation.RELU).build(),
            "image")
        .addLayer(
            "large",
            new ConvolutionLayer.Builder(6, 6).nOut(8).activation(Activation.TANH).build(),
            "image")
        .addLayer("first", new DenseLayer.Builder().nOut(6).build(), "small")
        .addLayer("second", new DenseLayer.Builder().nOut(6).build(), "large")
        .addVertex("both", new MergeVertex(), "first", "second")
        .addLayer(
            "output",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build(),
            "both")
        .setOutputs("output")
        .setInputTypes(InputType.convolutionalFlat(6, 6, 1))
        .build();
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue())
        .isLessThanOrEqualTo(1e-6);
  }

  /** Notes which examples are trained on: driver and executors are one process here. */
  private static final class Seen implements TrainingHook {
    private static final long serialVersionUID = 1L;

    static final Queue<Integer> EXAMPLES = new ConcurrentLinkedQueue<>();

    @Override
    public void preUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {
      INDArray features = minibatch.getFeatures();
      for (int i = 0; i < features.size(0); i++) {
        EXAMPLES.add(Math.round(1000 * features.getFloat(i, 0)));
      }
    }

    @Override
    public void postUpdate(org.nd4j.linalg.dataset.api.DataSet minibatch, Model model) {}

    @Override
    public void preUpdate(MultiDataSet minibatch, Model model) {}

    @Override
    public void postUpdate(MultiDataSet minibatch, Model model) {}
  }
}
