package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Rounds over Spark against a loop of DL4J's own {@code fit}, without any of Convoy's classes. */
final class ExactnessTest {
  private static final int IMAGES = 203;
  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
  @TempDir private static Path folder;
  private static PreparedDataset dataset;

  @BeforeAll
  static void prepare() throws IOException {
    dataset = ToyImages.preparedDigits(folder, IMAGES, 10);
  }

  /** The last minibatches are short, and of unequal size for some workers. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void sgdAveragedEveryMinibatchEqualsOneMachineWithTheirSum(int workers) {
    String lenet =
        Zoo.named("lenet5", new InputShape(1, 28, 28), ToyImages.CLASSES)
            .configuration(Optimizer.SGD, 0.05, 1);
    TrainingState distributed =
        train(lenet, new TrainingPlan(workers, 2, 0, 16, 1, Averaging.plain(1)));

    MultiLayerNetwork plain = network(lenet);
    List<ImageBlock> shards = dataset.shards(LocalSpark.session(), 0, workers).collect();
    for (int epoch = 0; epoch < 2; epoch++) {
      for (int minibatch = 0; minibatch < minibatches(workers, 16); minibatch++) {
        Minibatch united = new Minibatch();
        for (int worker = 0; worker < workers; worker++) {
          united.add(shards.get(worker), new RoundOrder(1, epoch, minibatch, 1, 16), worker);
        }
        plain.fit(united.toDataSet());
      }
    }

    assertClose(distributed.parameters(), plain.params().dup().data().asFloat());
    assertThat(distributed.iteration()).isEqualTo(plain.getIterationCount());
  }

  static Stream<IUpdater> updaters() {
    ISchedule byIteration =
        new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.01, 3, 0.02, 9, 0.005));
    ISchedule byEpoch = new ExponentialSchedule(ScheduleType.EPOCH, 0.01, 0.5);
    return Stream.of(
        new Sgd(byIteration),
        new Nesterovs(byEpoch, 0.9),
        new Adam(byIteration),
        new Adam(byEpoch),
        new RmsProp(byIteration));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void oneWorkerEqualsAPlainLoopBitForBit(IUpdater updater) {
    String dense = withRegularisation(updater);
    int frequency = 3;
    TrainingState distributed =
        train(dense, new TrainingPlan(1, 3, 0, 32, 1, Averaging.plain(frequency)));

    MultiLayerNetwork plain = network(dense);
    List<ImageBlock> shards = dataset.shards(LocalSpark.session(), 0, 1).collect();
    int round = 0;
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int minibatch = 0; minibatch < minibatches(1, 32); minibatch++) {
        if (minibatch % frequency == 0) {
          // The same random numbers for dropout as a round begins with.
          Nd4j.getRandom().setSeed(Seeds.of(1, epoch, round++, 0));
        }
        Minibatch next = new Minibatch();
        next.add(shards.get(0), new RoundOrder(1, epoch, minibatch, 1, 32), 0);
        plain.fit(next.toDataSet());
      }
      plain.incrementEpochCount();
    }

    assertThat(distributed.parameters()).isEqualTo(plain.params().dup().data().asFloat());
    if (!(updater instanceof Sgd)) {
      assertThat(distributed.updaterState())
          .isEqualTo(plain.getUpdater().getStateViewArray().dup().data().asFloat());
    }
    assertThat(distributed.iteration()).isEqualTo(plain.getIterationCount()).isEqualTo(21);
    assertThat(distributed.epoch()).isEqualTo(plain.getEpochCount()).isEqualTo(3);
  }

  /** L1 and L2 in one layer, weight decay in the next, dropout before the last. */
  private static String withRegularisation(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .updater(updater)
        .activation(Activation.RELU)
        .list()
        .layer(new DenseLayer.Builder().nOut(40).l1(1e-4).l2(1e-3).build())
        .layer(new DenseLayer.Builder().nOut(30).weightDecay(1e-2).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(ToyImages.CLASSES)
                .activation(Activation.SOFTMAX)
                .dropOut(0.6)
                .build())
        .setInputType(InputType.convolutional(28, 28, 1))
        .build()
        .toJson();
  }

  private static int minibatches(int workers, int batchSize) {
    return TrainingPlan.minibatchesPerEpoch(IMAGES, workers, batchSize);
  }

  private static TrainingState train(String configuration, TrainingPlan plan) {
    Engine engine = Engine.dl4j(configuration);
    JavaRDD<ImageBlock> shards = dataset.shards(LocalSpark.session(), 0, plan.workers()).cache();
    Training training =
        new Training(
            plan,
            new SparkRounds<>(
                LocalSpark.context(),
                ImageWork.of(UUID.randomUUID().toString(), engine, SHAPE, Augmentation.NONE),
                shards),
            Training.Sizes.even(IMAGES, plan.workers()));
    return training.run(training.start(engine.initialState()), TrainingListener.SILENT);
  }

  private static MultiLayerNetwork network(String json) {
    MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(json));
    network.init();
    return network;
  }

  /** To a millionth of the largest. */
  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    float largest = 0;
    float apart = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(expected[i] - actual[i]));
    }
    assertThat(apart).isLessThanOrEqualTo(1e-6f * largest);
  }

  /** Put together by hand. */
  private static final class Minibatch {
    private final List<Integer> labels = new ArrayList<>();
    private float[] images = new float[0];

    void add(ImageBlock shard, RoundOrder order, int worker) {
      for (int image : order.images(worker, shard.size())) {
        int to = images.length;
        images = Arrays.copyOf(images, to + SHAPE.pixels());
        for (int p = 0; p < SHAPE.pixels(); p++) {
          images[to + p] = (shard.pixels()[image * SHAPE.pixels() + p] & 0xff) / 255f;
        }
        labels.add(shard.label(image));
      }
    }

    DataSet toDataSet() {
      float[][] right = new float[labels.size()][ToyImages.CLASSES];
      for (int i = 0; i < right.length; i++) {
        right[i][labels.get(i)] = 1;
      }
      return new DataSet(
          Nd4j.createFromArray(images).reshape(labels.size(), 1, 28, 28),
          Nd4j.createFromArray(right));
    }
  }
}
