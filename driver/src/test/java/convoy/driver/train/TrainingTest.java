package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.TrainingListener.EpochSummary;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainingTest {
  private static final int IMAGES = 603;
  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
  private static final Augmentation SHIFTED = new Augmentation(10, 0.1, 0.1, false, false);
  @TempDir private static Path folder;
  private static PreparedDataset dataset;

  @BeforeAll
  static void prepare() throws IOException {
    dataset = ToyImages.preparedDigits(folder, IMAGES, 100);
  }

  @ParameterizedTest
  @CsvSource({
    "603,1,64,3",
    "603,2,64,3",
    "603,3,64,3",
    "603,5,64,3",
    "603,5,1,40",
    "603,3,500,2",
    // A last minibatch of one image, and a frequency larger than an epoch.
    "603,2,7,1000",
    // Fewer images than workers.
    "3,5,2,1",
    "1,3,1,1",
  })
  void usesEveryImageOnceAnEpochWhateverTheWorkers(
      int images, int workers, int batchSize, int frequency) {
    Recording.SEEN.clear();
    Training training =
        training(
            new Recording(), plan(workers, 3, batchSize, frequency), Augmentation.NONE, images);
    training.run(training.start(new Recording().initialState()), TrainingListener.SILENT);
    assertThat(Recording.SEEN).hasSize(3 * images);
    for (int epoch = 0; epoch < 3; epoch++) {
      int now = epoch;
      assertThat(Recording.SEEN.stream().filter(s -> s.epoch() == now).map(Recording.Seen::image))
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, images).boxed().toList());
    }
  }

  @Test
  void countsTheIterationsReallyMade() {
    TrainingState state = run(new Recording(), plan(2, 2, 64, 3));
    assertThat(state.iteration()).isEqualTo(2 * 5);
    assertThat(state.epoch()).isEqualTo(2);
  }

  @Test
  void stopsWithTheRoundWhereTheLossIsNoNumber() {
    Engine explosive =
        Engine.dl4j(
            Zoo.named("mlp", new InputShape(1, 28, 28), ToyImages.CLASSES)
                .configuration(Optimizer.SGD, 1e30, 1));
    assertThatThrownBy(() -> run(explosive, plan(2, 3, 32, 2)))
        .isInstanceOf(DivergedException.class)
        .hasMessageMatching(
            "epoch 1, round \\d: the loss is .*\\. Training has diverged: lower --learning-rate\\.");
  }

  @Test
  void stopsAfterTheStepsAskedFor() {
    Recording.SEEN.clear();
    TrainingPlan plan = new TrainingPlan(2, 0, 7, 64, 1, Averaging.plain(3));
    TrainingState state = run(new Recording(), plan);
    assertThat(state.iteration()).isEqualTo(7);
    assertThat(Recording.SEEN).hasSize(IMAGES + 2 * 2 * 64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void sameSeedAndWorkersGiveTheSameBytes(int workers) {
    TrainingPlan plan = plan(workers, 2, 32, 3);
    TrainingState once = run(cnnWithDropout(), plan, SHIFTED);
    TrainingState again = run(cnnWithDropout(), plan, SHIFTED);
    assertThat(again.parameters()).isEqualTo(once.parameters());
    assertThat(again.updaterState()).isEqualTo(once.updaterState());
  }

  @Test
  void twoWorkersLearnTheToySet() {
    Engine lenet = lenet(Optimizer.ADAM);
    Training training = training(lenet, plan(2, 4, 32, 5), Augmentation.NONE);
    Notes notes = new Notes();
    training.run(training.start(lenet.initialState()), notes);
    List<EpochSummary> epochs = notes.epochs;
    assertThat(notes.images).allMatch(images -> images >= 1 && images <= IMAGES);
    assertThat(epochs).hasSize(4);
    assertThat(epochs.get(3).loss()).isLessThan(0.2);
    assertThat(epochs.get(3).accuracy()).isGreaterThan(0.95);
    assertThat(epochs.get(3).images()).isEqualTo(IMAGES);
    assertThat(epochs.get(3).computeSeconds()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"2,0", "0,13"})
  void goesOnFromAnyPositionToTheSameBytes(int epochs, int steps) {
    Averaging averaging =
        new Averaging(
            AveragingFrequency.constant(2), 0.9, 0.5, 0.9, Averaging.UpdaterState.AVERAGED, 0);
    TrainingPlan plan = new TrainingPlan(2, epochs, steps, 64, 1, averaging);
    Training whole = training(cnnWithDropout(), plan, SHIFTED);
    Notes notes = new Notes();
    TrainingState end = whole.run(whole.start(cnnWithDropout().initialState()), notes);
    assertThat(notes.positions).hasSizeGreaterThan(5);
    for (int i = 0; i < notes.positions.size(); i += 2) {
      Position from = notes.positions.get(i);
      Notes rest = new Notes();
      TrainingState again = training(cnnWithDropout(), plan, SHIFTED).run(from, rest);
      assertThat(again.parameters()).isEqualTo(end.parameters());
      assertThat(again.updaterState()).isEqualTo(end.updaterState());
      assertThat(again.iteration()).isEqualTo(end.iteration());
      assertThat(again.epoch()).isEqualTo(end.epoch());
      assertThat(rest.told()).isEqualTo(notes.told().subList(from.reported(), notes.told().size()));
    }
  }

  @Test
  void endsWhenTheListenerHasEnough() {
    Training training = training(new Recording(), plan(2, 9, 64, 3), Augmentation.NONE);
    Notes notes = new Notes();
    notes.most = 2;
    TrainingState end = training.run(training.start(new Recording().initialState()), notes);
    assertThat(end.epoch()).isEqualTo(2);
    assertThat(notes.epochs).hasSize(2);
    Position last = notes.positions.get(notes.positions.size() - 1);
    assertThat(training.run(last, notes).epoch()).isEqualTo(2);
  }

  @Test
  void stopsWhereAParameterIsNoNumberThoughTheLossIsOne() {
    OuterState none = new OuterState(new float[0], new float[0]);
    TrainingState finite = new TrainingState(new float[] {1, -3e38f}, new float[] {0}, 1, 0);
    assertThat(new OuterState.After(finite, none).isFinite()).isTrue();
    float[] endless = {1, Float.POSITIVE_INFINITY};
    float[] unknown = {Float.NaN};
    assertThat(new OuterState.After(finite.withParameters(endless), none).isFinite()).isFalse();
    assertThat(new OuterState.After(finite.withUpdaterState(unknown), none).isFinite()).isFalse();
    assertThat(new OuterState.After(finite, new OuterState(unknown, new float[0])).isFinite())
        .isFalse();
    assertThat(new OuterState.After(finite, new OuterState(new float[0], unknown)).isFinite())
        .isFalse();
    assertThat(new DivergedException(2, 7, 0.5))
        .hasMessageStartingWith("epoch 2, round 7: a parameter is not a number any more.");
  }

  @Test
  void stopsWhereTheOuterStepLeavesTheNumbers() {
    Averaging wild =
        new Averaging(
            AveragingFrequency.constant(2), 1e38, 0, 0, Averaging.UpdaterState.AVERAGED, 0);
    assertThatThrownBy(() -> run(lenet(Optimizer.ADAM), new TrainingPlan(2, 1, 0, 64, 1, wild)))
        .isInstanceOf(DivergedException.class);
  }

  /** Keeps what it is told. */
  private static final class Notes implements TrainingListener {
    private final List<Long> images = new ArrayList<>();
    private final List<EpochSummary> epochs = new ArrayList<>();
    private final List<Position> positions = new ArrayList<>();
    private int most = Integer.MAX_VALUE;

    @Override
    public void roundDone(Progress progress) {
      images.add(progress.images());
    }

    @Override
    public void epochDone(EpochSummary summary, TrainingState state) {
      epochs.add(summary);
    }

    @Override
    public void reached(Position position) {
      positions.add(position);
    }

    @Override
    public boolean hasEnough() {
      return epochs.size() == most;
    }

    /** The epochs, apart from times. */
    private List<List<Object>> told() {
      return epochs.stream()
          .map(
              e ->
                  List.<Object>of(
                      e.epoch(), e.round(), e.iteration(), e.images(), e.loss(), e.accuracy()))
          .toList();
    }
  }

  private static TrainingPlan plan(int workers, int epochs, int batchSize, int frequency) {
    return new TrainingPlan(workers, epochs, 0, batchSize, 1, Averaging.plain(frequency));
  }

  private static Engine lenet(Optimizer optimizer) {
    return Engine.dl4j(
        Zoo.named("lenet5", new InputShape(1, 28, 28), ToyImages.CLASSES)
            .configuration(optimizer, 1e-3, 1));
  }

  private static Engine cnnWithDropout() {
    return Engine.dl4j(
        Zoo.named("cnn-deep", new InputShape(1, 28, 28), ToyImages.CLASSES)
            .configuration(Optimizer.RMSPROP, 1e-3, 1));
  }

  private static TrainingState run(Engine engine, TrainingPlan plan) {
    return run(engine, plan, Augmentation.NONE);
  }

  private static TrainingState run(Engine engine, TrainingPlan plan, Augmentation augmentation) {
    Training training = training(engine, plan, augmentation);
    return training.run(training.start(engine.initialState()), TrainingListener.SILENT);
  }

  private static Training training(Engine engine, TrainingPlan plan, Augmentation augmentation) {
    return training(engine, plan, augmentation, IMAGES);
  }

  private static Training training(
      Engine engine, TrainingPlan plan, Augmentation augmentation, int images) {
    JavaRDD<ImageBlock> shards =
        dataset.shards(LocalSpark.session(), IMAGES - images, plan.workers()).cache();
    return new Training(
        plan,
        new SparkRounds<>(
            LocalSpark.context(),
            ImageWork.of(UUID.randomUUID().toString(), engine, SHAPE, augmentation),
            shards),
        Training.Sizes.even(images, plan.workers()));
  }

  /**
   * Trains nothing and remembers the images it is given: driver and executors are one process here.
   */
  private record Recording() implements Engine {
    static final Queue<Seen> SEEN = new ConcurrentLinkedQueue<>();

    record Seen(int epoch, int image) {}

    @Override
    public InputShape input() {
      return new InputShape(SHAPE.channels(), SHAPE.height(), SHAPE.width());
    }

    @Override
    public int classes() {
      return ToyImages.CLASSES;
    }

    @Override
    public TrainingState initialState() {
      return new TrainingState(new float[1], new float[0], 0, 0);
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
      return List.of();
    }

    @Override
    public LocalTrainer trainer() {
      return new LocalTrainer() {
        private TrainingState state;

        @Override
        public void load(TrainingState loaded, long seed) {
          state = loaded;
        }

        @Override
        public StepResult fit(float[] images, int[] labels, int count) {
          for (int i = 0; i < count; i++) {
            SEEN.add(new Seen(state.epoch(), ToyImages.numberOf(images, i * SHAPE.pixels())));
          }
          return new StepResult(0, Math.toIntExact(Arrays.stream(labels, 0, count).count()));
        }

        @Override
        public float[] statistics(float[] images, int count) {
          return new float[0];
        }

        @Override
        public TrainingState store() {
          return state;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public LocalScorer scorer() {
      throw new UnsupportedOperationException("nothing is scored here");
    }
  }
}
