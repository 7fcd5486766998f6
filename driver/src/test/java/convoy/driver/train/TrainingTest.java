package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.driver.train.TrainingListener.EpochSummary;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
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
import org.apache.hadoop.conf.Configuration;
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
    Files files = new Files(new Configuration());
    dataset =
        new DatasetWriter(LocalSpark.session(), files)
            .write(ToyImages.digits(IMAGES, 100), files.resolve(folder.resolve("set").toString()));
  }

  @ParameterizedTest
  @CsvSource({"1,64,3", "2,64,3", "3,64,3", "5,64,3", "2,7,1000", "5,1,40", "3,500,2"})
  void usesEveryImageOnceAnEpochWhateverTheWorkers(int workers, int batchSize, int frequency) {
    Recording.SEEN.clear();
    run(new Recording(), plan(workers, 3, batchSize, frequency, Augmentation.NONE));
    assertThat(Recording.SEEN).hasSize(3 * IMAGES);
    for (int epoch = 0; epoch < 3; epoch++) {
      int now = epoch;
      assertThat(Recording.SEEN.stream().filter(s -> s.epoch() == now).map(Recording.Seen::image))
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, IMAGES).boxed().toList());
    }
  }

  @Test
  void countsTheIterationsReallyMade() {
    TrainingState state = run(new Recording(), plan(2, 2, 64, 3, Augmentation.NONE));
    assertThat(state.iteration()).isEqualTo(2 * 5);
    assertThat(state.epoch()).isEqualTo(2);
  }

  @Test
  void plainSgdWithTwoWorkersEqualsOneMachineWithTwiceTheBatch() {
    TrainingState two = run(lenet(Optimizer.SGD), plan(2, 1, 32, 1, Augmentation.NONE));
    List<ImageBlock> shards = dataset.shards(LocalSpark.session(), 0, 2).collect();
    try (LocalTrainer trainer = lenet(Optimizer.SGD).trainer()) {
      trainer.load(lenet(Optimizer.SGD).initialState(), 0);
      int[] first = new RoundOrder(1, 0, 0, 1_000, 32).images(0, shards.get(0).size());
      int[] second = new RoundOrder(1, 0, 0, 1_000, 32).images(1, shards.get(1).size());
      for (int from = 0; from < first.length; from += 32) {
        Batch batch = new Batch();
        batch.add(shards.get(0), first, from, 32);
        batch.add(shards.get(1), second, from, 32);
        batch.fit(trainer);
      }
      float[] one = trainer.store().parameters();
      for (int i = 0; i < one.length; i++) {
        assertThat(two.parameters()[i]).isCloseTo(one[i], within(1e-6f));
      }
    }
  }

  @Test
  void stopsWithTheRoundWhereTheLossIsNoNumber() {
    Engine explosive =
        Engine.dl4j(
            Zoo.named("mlp", new InputShape(1, 28, 28), ToyImages.CLASSES)
                .configuration(Optimizer.SGD, 1e30, 1));
    assertThatThrownBy(() -> run(explosive, plan(2, 3, 32, 2, Augmentation.NONE)))
        .isInstanceOf(DivergedException.class)
        .hasMessageMatching(
            "epoch 1, round \\d: the loss is .*\\. Training has diverged: lower --learning-rate\\.");
  }

  @Test
  void stopsAfterTheStepsAskedFor() {
    Recording.SEEN.clear();
    TrainingPlan plan = new TrainingPlan(2, 0, 7, 64, 3, 1, Augmentation.NONE);
    TrainingState state = run(new Recording(), plan);
    assertThat(state.iteration()).isEqualTo(7);
    assertThat(Recording.SEEN).hasSize(IMAGES + 2 * 2 * 64);
  }

  @Test
  void oneWorkerEqualsAPlainLoopOverTheSameMinibatches() {
    TrainingPlan plan = plan(1, 2, 64, 4, Augmentation.NONE);
    TrainingState distributed = run(lenet(Optimizer.ADAM), plan);
    try (LocalTrainer trainer = lenet(Optimizer.ADAM).trainer()) {
      trainer.load(lenet(Optimizer.ADAM).initialState(), 0);
      List<ImageBlock> shard = dataset.shards(LocalSpark.session(), 0, 1).collect();
      for (int epoch = 0; epoch < 2; epoch++) {
        fitInOrder(trainer, shard, new RoundOrder(1, epoch, 0, 1_000, 64).images(0, IMAGES));
      }
      assertThat(distributed.parameters()).isEqualTo(trainer.store().parameters());
      assertThat(distributed.updaterState()).isEqualTo(trainer.store().updaterState());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void sameSeedAndWorkersGiveTheSameBytes(int workers) {
    TrainingPlan plan = plan(workers, 2, 32, 3, SHIFTED);
    TrainingState once = run(cnnWithDropout(), plan);
    TrainingState again = run(cnnWithDropout(), plan);
    assertThat(again.parameters()).isEqualTo(once.parameters());
    assertThat(again.updaterState()).isEqualTo(once.updaterState());
  }

  @Test
  void twoWorkersLearnTheToySet() {
    Training training = training(lenet(Optimizer.ADAM), plan(2, 4, 32, 5, Augmentation.NONE));
    Notes notes = new Notes();
    training.run(training.start(), notes);
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
    TrainingPlan plan = new TrainingPlan(2, epochs, steps, 64, 2, 1, SHIFTED);
    Training whole = training(cnnWithDropout(), plan);
    Notes notes = new Notes();
    TrainingState end = whole.run(whole.start(), notes);
    assertThat(notes.positions).hasSizeGreaterThan(5);
    for (Position from : notes.positions) {
      Notes rest = new Notes();
      TrainingState again = training(cnnWithDropout(), plan).run(from, rest);
      assertThat(again.parameters()).isEqualTo(end.parameters());
      assertThat(again.updaterState()).isEqualTo(end.updaterState());
      assertThat(again.iteration()).isEqualTo(end.iteration());
      assertThat(again.epoch()).isEqualTo(end.epoch());
      assertThat(rest.told()).isEqualTo(notes.told().subList(from.reported(), notes.told().size()));
    }
  }

  @Test
  void stopsWhereAParameterIsNoNumberThoughTheLossIsOne() {
    TrainingState state =
        new TrainingState(new float[] {1, Float.POSITIVE_INFINITY}, new float[0], 1, 0);
    assertThat(new Round(state, 1, 0.5, 1, 0, 0, 0).isFinite()).isFalse();
    TrainingState finite = new TrainingState(new float[] {1, -3e38f}, new float[] {0}, 1, 0);
    assertThat(new Round(finite, 1, 0.5, 1, 0, 0, 0).isFinite()).isTrue();
    assertThat(new Round(finite, 1, Double.NaN, 1, 0, 0, 0).isFinite()).isFalse();
    assertThat(new DivergedException(2, 7, 0.5))
        .hasMessageStartingWith("epoch 2, round 7: a parameter is not a number any more.");
  }

  /** Keeps what it is told. */
  private static final class Notes implements TrainingListener {
    private final List<Long> images = new ArrayList<>();
    private final List<EpochSummary> epochs = new ArrayList<>();
    private final List<Position> positions = new ArrayList<>();

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

  private static void fitInOrder(LocalTrainer trainer, List<ImageBlock> shard, int[] order) {
    for (int from = 0; from < order.length; from += 64) {
      Batch batch = new Batch();
      batch.add(shard.get(0), order, from, 64);
      batch.fit(trainer);
    }
  }

  /** A minibatch put together by hand. */
  private static final class Batch {
    private final List<Integer> labels = new ArrayList<>();
    private float[] images = new float[0];

    void add(ImageBlock block, int[] order, int from, int most) {
      for (int image : Arrays.copyOfRange(order, from, Math.min(from + most, order.length))) {
        int to = images.length;
        images = Arrays.copyOf(images, to + SHAPE.pixels());
        for (int p = 0; p < SHAPE.pixels(); p++) {
          images[to + p] = (block.pixels()[image * SHAPE.pixels() + p] & 0xff) / 255f;
        }
        labels.add(block.label(image));
      }
    }

    void fit(LocalTrainer trainer) {
      trainer.fit(images, labels.stream().mapToInt(l -> l).toArray(), labels.size());
    }
  }

  private static TrainingPlan plan(
      int workers, int epochs, int batchSize, int frequency, Augmentation augmentation) {
    return new TrainingPlan(workers, epochs, 0, batchSize, frequency, 1, augmentation);
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
    Training training = training(engine, plan);
    return training.run(training.start(), TrainingListener.SILENT);
  }

  private static Training training(Engine engine, TrainingPlan plan) {
    JavaRDD<ImageBlock> shards = dataset.shards(LocalSpark.session(), 0, plan.workers()).cache();
    return new Training(
        LocalSpark.context(), UUID.randomUUID().toString(), plan, engine, SHAPE, shards, IMAGES);
  }

  /**
   * Trains nothing and remembers the images it is given: driver and executors are one process here.
   */
  private record Recording() implements Engine {
    static final Queue<Seen> SEEN = new ConcurrentLinkedQueue<>();

    record Seen(int epoch, int image) {}

    @Override
    public TrainingState initialState() {
      return new TrainingState(new float[1], new float[0], 0, 0);
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
