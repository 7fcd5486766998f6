package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same bytes whatever happens on the way, from a network with batch normalisation. */
final class RepeatabilityTest {
  private static final int IMAGES = 203;
  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
  private static final Engine ENGINE = Engine.dl4j(normalised());
  @TempDir private static Path folder;
  private static PreparedDataset dataset;

  @BeforeAll
  static void prepare() throws IOException {
    dataset = ToyImages.preparedDigits(folder, IMAGES, 10);
  }

  @BeforeEach
  void forget() {
    Failing.LEFT.set(0);
  }

  @Test
  void aTaskThatIsTriedAgainReturnsTheSameBytes() {
    TrainingPlan plan = plan(2, 2, 3, 0);
    TrainingState undisturbed = train(ENGINE, plan);
    Failing.LEFT.set(2);
    TrainingState disturbed = train(new Failing(ENGINE), plan);
    assertThat(Failing.LEFT.get()).isZero();
    assertSame(disturbed, undisturbed);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theOrderInWhichResultsArriveDoesNotMatter(int last) {
    TrainingPlan plan = plan(2, 1, 1_000, 0);
    Late.FIRST = new CountDownLatch(1);
    assertSame(train(new Late(ENGINE, last), plan), train(ENGINE, plan));
    assertThat(Late.FIRST.getCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "1,203",
    "2,203",
    "3,203",
    // The fifth worker's last round has nothing to do.
    "5,81",
    // A cut falls among the statistics of the second normalisation.
    "18,203",
    // Two workers have no images at all.
    "5,3",
  })
  void executorsFormTheSameMeanAsTheDriver(int workers, int images) {
    TrainingPlan plan = plan(workers, 2, 1, 0);
    TrainingState onDriver = train(ENGINE, plan, images, Long.MAX_VALUE);
    TrainingState onExecutors = train(ENGINE, plan, images, 0);
    assertSame(onExecutors, onDriver);
  }

  @Test
  void aDriverThatDoesNotFormTheMeanNeverGetsMoreThanOneState() {
    int workers = 5;
    long state = 4L * values(ENGINE.initialState());
    TrainingPlan plan = plan(workers, 1, 1_000, 0);
    long onExecutors = largestResults(() -> train(ENGINE, plan, IMAGES, 0));
    // The rest is what Spark says about each task.
    assertThat(onExecutors).isGreaterThan(state).isLessThan(state + workers * 10_000L);
  }

  /**
   * The first layer's input are the pixels, so that its statistics follow from these alone. Every
   * second image is bright: half of the workers see nothing else, the others never one.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void statisticsOfSeveralWorkersAreThoseOfOneWithAllTheirMinibatches(int workers)
      throws IOException {
    PreparedDataset stripes = ToyImages.prepared(ToyImages.striped(160), folder.resolve("stripes"));
    TrainingState several = train(stripes, batches(workers, 160 / workers));
    TrainingState one = train(stripes, batches(1, 160));
    RunningStatistics first = ENGINE.runningStatistics().get(0);
    for (int place : new int[] {first.means(), first.spreads()}) {
      assertThat(several.parameters()[place]).isCloseTo(one.parameters()[place], within(1e-4f));
    }
    assertThat(one.parameters()[first.means()]).isGreaterThan(0.1f);
  }

  private static TrainingState train(PreparedDataset stripes, TrainingPlan plan) {
    return training(stripes, ENGINE, plan, 160, Long.MAX_VALUE);
  }

  private static TrainingPlan batches(int workers, int batchSize) {
    return new TrainingPlan(workers, 4, 0, batchSize, 1, Averaging.plain(1));
  }

  @Test
  void statisticsAreMeasuredAnewBeforeAnEvaluation() {
    TrainingState trained = train(ENGINE, plan(3, 2, 3, 0));
    TrainingState measured = train(ENGINE, plan(3, 2, 3, 1_000));
    List<RunningStatistics> layers = ENGINE.runningStatistics();
    RunningStatistics first = layers.get(0);

    double sum = 0;
    double squares = 0;
    long count = 0;
    for (ImageBlock block : dataset.shards(LocalSpark.session(), 0, 1).collect()) {
      for (byte pixel : block.pixels()) {
        double value = (pixel & 0xff) / 255.0;
        sum += value;
        squares += value * value;
        count++;
      }
    }
    double mean = sum / count;
    double variance = squares / count - mean * mean;
    float[] parameters = measured.parameters();
    assertThat(parameters[first.means()]).isCloseTo((float) mean, within(1e-5f));
    assertThat(Math.pow(10, 2 * parameters[first.spreads()])).isCloseTo(variance, within(1e-5));
    assertThat(trained.parameters()[first.means()]).isNotCloseTo((float) mean, within(1e-3f));
    assertOnlyStatisticsDiffer(trained.parameters(), parameters, layers);
  }

  private static void assertOnlyStatisticsDiffer(
      float[] one, float[] other, List<RunningStatistics> layers) {
    float[] same = other.clone();
    for (RunningStatistics layer : layers) {
      System.arraycopy(one, layer.means(), same, layer.means(), layer.channels());
      System.arraycopy(one, layer.spreads(), same, layer.spreads(), layer.channels());
    }
    assertThat(same).isEqualTo(one).isNotEqualTo(other);
  }

  /** Bytes of results that came to the driver in one stage. */
  private static long largestResults(Runnable work) {
    List<long[]> stages = Collections.synchronizedList(new ArrayList<>());
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            stages.add(new long[] {end.stageId(), end.taskMetrics().resultSize()});
          }
        };
    LocalSpark.context().sc().addSparkListener(listener);
    work.run();
    try {
      LocalSpark.context().sc().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
    LocalSpark.context().sc().removeSparkListener(listener);
    return stages.stream()
        .collect(
            java.util.stream.Collectors.groupingBy(
                stage -> stage[0], java.util.stream.Collectors.summingLong(stage -> stage[1])))
        .values()
        .stream()
        .mapToLong(size -> size)
        .max()
        .orElseThrow();
  }

  private static int values(TrainingState state) {
    return state.parameters().length + state.updaterState().length;
  }

  private static TrainingPlan plan(int workers, int epochs, int frequency, int statistics) {
    Averaging averaging =
        new Averaging(
            AveragingFrequency.constant(frequency),
            1,
            0,
            0,
            Averaging.UpdaterState.AVERAGED,
            statistics);
    return new TrainingPlan(workers, epochs, 0, 16, 1, averaging);
  }

  private static TrainingState train(Engine engine, TrainingPlan plan) {
    return train(engine, plan, IMAGES, Long.MAX_VALUE);
  }

  private static TrainingState train(
      Engine engine, TrainingPlan plan, int images, long driverBytes) {
    return training(dataset, engine, plan, images, driverBytes);
  }

  private static TrainingState training(
      PreparedDataset set, Engine engine, TrainingPlan plan, long images, long driverBytes) {
    long heldOut = set.manifest().counts().train() - images;
    Training training =
        new Training(
            plan,
            new SparkRounds<>(
                LocalSpark.context(),
                ImageWork.of(UUID.randomUUID().toString(), engine, SHAPE, Augmentation.NONE),
                set.shards(LocalSpark.session(), heldOut, plan.workers()).cache(),
                driverBytes),
            Training.Sizes.even(images, plan.workers()));
    return training.run(training.start(engine.initialState()), TrainingListener.SILENT);
  }

  private static void assertSame(TrainingState actual, TrainingState expected) {
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.updaterState()).isEqualTo(expected.updaterState());
    assertThat(actual.iteration()).isEqualTo(expected.iteration());
  }

  private static String normalised() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Adam(1e-3))
        .list()
        .layer(new BatchNormalization.Builder().build())
        .layer(
            new ConvolutionLayer.Builder(5, 5)
                .stride(2, 2)
                .nOut(8)
                .activation(Activation.IDENTITY)
                .build())
        .layer(new BatchNormalization.Builder().useLogStd(false).build())
        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
        .layer(
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(ToyImages.CLASSES)
                .activation(Activation.SOFTMAX)
                .dropOut(0.8)
                .build())
        .setInputType(InputType.convolutionalFlat(28, 28, 1))
        .build()
        .toJson();
  }

  /** Fails in the middle of a round so many times: driver and executors are one process here. */
  private record Failing(Engine real) implements Passing {
    static final AtomicInteger LEFT = new AtomicInteger();

    @Override
    public void afterFit() {
      if (LEFT.get() > 0 && LEFT.decrementAndGet() >= 0) {
        throw new IllegalStateException("a failure that the test injects");
      }
    }
  }

  /** Has one worker hand in its result after the other has. */
  private record Late(Engine real, int last) implements Passing {
    private static CountDownLatch FIRST;

    @Override
    public void beforeStore(long seed) {
      try {
        if (seed == Seeds.of(1, 0, 0, last)) {
          assertThat(FIRST.await(60, TimeUnit.SECONDS)).isTrue();
        } else {
          FIRST.countDown();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Passes everything on to a real engine. */
  private interface Passing extends Engine {
    Engine real();

    default void afterFit() {}

    /** The seed tells workers apart. */
    default void beforeStore(long seed) {}

    @Override
    default InputShape input() {
      return real().input();
    }

    @Override
    default int classes() {
      return real().classes();
    }

    @Override
    default TrainingState initialState() {
      return real().initialState();
    }

    @Override
    default List<RunningStatistics> runningStatistics() {
      return real().runningStatistics();
    }

    @Override
    default LocalScorer scorer() {
      return real().scorer();
    }

    @Override
    default LocalTrainer trainer() {
      LocalTrainer trainer = real().trainer();
      return new LocalTrainer() {
        private long loaded;

        @Override
        public void load(TrainingState state, long seed) {
          loaded = seed;
          trainer.load(state, seed);
        }

        @Override
        public StepResult fit(float[] images, int[] labels, int count) {
          StepResult result = trainer.fit(images, labels, count);
          afterFit();
          return result;
        }

        @Override
        public float[] statistics(float[] images, int count) {
          return trainer.statistics(images, count);
        }

        @Override
        public TrainingState store() {
          beforeStore(loaded);
          return trainer.store();
        }

        @Override
        public void close() {
          trainer.close();
        }
      };
    }
  }
}
