package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import convoy.model.engine.LocalTrainer.StepResult;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class Dl4jTrainerTest {
  private static final InputShape SHAPE = new InputShape(2, 17, 16);
  private static final int CLASSES = 4;

  private static final Images FIRST = new Images(SHAPE, CLASSES, 8, 1);
  private static final Images SECOND = new Images(SHAPE, CLASSES, 8, 2);
  private static final Images SHORT = new Images(SHAPE, CLASSES, 3, 3);

  /** With dropout, and with a short minibatch between full ones. */
  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void trainsBitForBitAsPlainDl4j(Optimizer optimizer) {
    String configuration = withDropout(optimizer);
    Engine engine = Engine.dl4j(configuration);
    TrainingState start = engine.initialState();
    TrainingState expected =
        PlainLoop.fit(configuration, start, 7, List.of(FIRST, SHORT, SECOND, FIRST));

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      for (Images minibatch : List.of(FIRST, SHORT, SECOND, FIRST)) {
        fit(trainer, minibatch);
      }

      assertSame(trainer.store(), expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void goesOnAfterALoadAsPlainDl4jDoes(Optimizer optimizer) {
    String configuration = withDropout(optimizer);
    Engine engine = Engine.dl4j(configuration);
    TrainingState start = engine.initialState();
    TrainingState middle = PlainLoop.fit(configuration, start, 7, List.of(FIRST, SECOND));
    TrainingState expected = PlainLoop.fit(configuration, middle, 8, List.of(SHORT, FIRST));

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      fit(trainer, FIRST);
      fit(trainer, SECOND);
      TrainingState stored = trainer.store();
      fit(trainer, SHORT);
      trainer.load(stored, 8);
      fit(trainer, SHORT);
      fit(trainer, FIRST);

      assertSame(stored, middle);
      assertSame(trainer.store(), expected);
    }
  }

  @Test
  void dropsOtherValuesForAnotherSeed() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.SGD));
    TrainingState start = engine.initialState();

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      fit(trainer, FIRST);
      TrainingState one = trainer.store();
      trainer.load(start, 8);
      fit(trainer, FIRST);

      assertThat(trainer.store().parameters()).isNotEqualTo(one.parameters());
    }
  }

  @Test
  void isNotDisturbedByOtherNetworksOnItsThread() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.ADAM));
    TrainingState start = engine.initialState();
    TrainingState alone;
    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      fit(trainer, FIRST);
      trainer.load(trainer.store(), 8);
      fit(trainer, SECOND);
      fit(trainer, SHORT);
      alone = trainer.store();
    }

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      fit(trainer, FIRST);
      try (LocalScorer scorer = engine.scorer()) {
        scorer.load(start.parameters());
        scorer.score(SECOND.values, SECOND.count);
        trainer.load(trainer.store(), 8);
        fit(trainer, SECOND);
      }
      fit(trainer, SHORT);

      assertSame(trainer.store(), alone);
    }
  }

  @Test
  void countsIterationsFromWhereTheStateLeftThem() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.ADAM));
    TrainingState start = engine.initialState();

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(new TrainingState(start.parameters(), start.updaterState(), 40, 3), 7);
      fit(trainer, FIRST);
      fit(trainer, SHORT);

      assertThat(trainer.store().iteration()).isEqualTo(42);
      assertThat(trainer.store().epoch()).isEqualTo(3);
    }
  }

  @Test
  void saysLossAndRightAnswersOfTheForwardPassItTrainedOn() {
    String configuration =
        Zoo.named("lenet5", new InputShape(1, 28, 28), 4).configuration(Optimizer.SGD, 0.1, 1);
    Images images = new Images(new InputShape(1, 28, 28), 4, 50, 1);
    MultiLayerNetwork plain = PlainLoop.network(configuration);
    INDArray output = plain.output(images.features());
    int[] guesses = output.argMax(1).toIntVector();
    int right = 0;
    double loss = 0;
    for (int i = 0; i < images.count; i++) {
      right += guesses[i] == images.labels[i] ? 1 : 0;
      loss -= Math.log(output.getDouble(i, images.labels[i])) / images.count;
    }
    Engine engine = Engine.dl4j(configuration);

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(engine.initialState(), 1);
      StepResult result = fit(trainer, images);

      assertThat(result.correct()).isEqualTo(right).isBetween(1, 49);
      assertThat(result.loss()).isCloseTo(loss, offset(1e-5));
    }
  }

  @Test
  void softensLabelsAsPlainDl4jDoesByHand() {
    String configuration =
        Zoo.named("mlp", new InputShape(1, 28, 28), 4).configuration(Optimizer.SGD, 0.1, 1);
    Images images = new Images(new InputShape(1, 28, 28), 4, 50, 1);
    MultiLayerNetwork plain = PlainLoop.network(configuration);
    plain.fit(images.features(), images.oneHot().muli(0.8).addi(0.05));

    Engine engine = Engine.dl4j(configuration, 0.2);
    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(engine.initialState(), 1);
      StepResult result = fit(trainer, images);

      assertThat(result.loss()).isCloseTo(plain.score(), offset(1e-6));
      float[] expected = plain.params().dup().data().asFloat();
      float[] actual = trainer.store().parameters();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], offset(1e-7f));
      }
    }
  }

  @Test
  void refusesToSoftenLabelsAltogether() {
    assertThatThrownBy(() -> Engine.dl4j(withDropout(Optimizer.SGD), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label smoothing must be at least 0 and below 1, got 1.0");
  }

  @Test
  void learnsAToySetCompletely() {
    Images images = new Images(new InputShape(1, 10, 10), 3, 12, 1);
    Engine engine =
        Engine.dl4j(
            Zoo.named("cnn-small", images.shape, 3).configuration(Optimizer.ADAM, 0.003, 1));

    try (LocalTrainer trainer = engine.trainer();
        LocalScorer scorer = engine.scorer()) {
      trainer.load(engine.initialState(), 1);
      for (int i = 0; i < 100; i++) {
        fit(trainer, images);
      }

      StepResult last = fit(trainer, images);
      assertThat(last.correct()).isEqualTo(12);
      assertThat(last.loss()).isLessThan(0.05);
      scorer.load(trainer.store().parameters());
      float[] probabilities = scorer.score(images.values, 12);
      for (int i = 0; i < 12; i++) {
        assertThat(probabilities[i * 3 + images.labels[i]]).isGreaterThan(0.9f);
      }
    }
  }

  @Test
  void readsOnlyAsManyImagesAsItIsTold() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.SGD));
    TrainingState start = engine.initialState();
    int pixels = FIRST.values.length / FIRST.count;

    try (LocalTrainer trainer = engine.trainer()) {
      trainer.load(start, 7);
      trainer.fit(FIRST.values, FIRST.labels, 5);
      TrainingState longer = trainer.store();
      trainer.load(start, 7);
      trainer.fit(Arrays.copyOf(FIRST.values, 5 * pixels), Arrays.copyOf(FIRST.labels, 5), 5);

      assertSame(trainer.store(), longer);
    }
  }

  @Test
  void trainsTheSameWithoutDl4jsCache() {
    String configuration = withDropout(Optimizer.ADAM);
    MultiLayerConfiguration uncached = MultiLayerConfiguration.fromJson(configuration);
    uncached.setCacheMode(CacheMode.NONE);
    uncached.getConfs().forEach(conf -> conf.setCacheMode(CacheMode.NONE));
    TrainingState start = Engine.dl4j(configuration).initialState();

    assertSame(
        PlainLoop.fit(configuration, start, 7, List.of(FIRST, SHORT, SECOND)),
        PlainLoop.fit(uncached.toJson(), start, 7, List.of(FIRST, SHORT, SECOND)));
  }

  @Test
  void refusesTheStateOfAnotherNetwork() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.ADAM));
    TrainingState start = engine.initialState();
    int length = start.parameters().length;

    try (LocalTrainer trainer = engine.trainer()) {
      assertThatThrownBy(
              () -> trainer.load(new TrainingState(new float[5], start.updaterState(), 0, 0), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("parameters: this network has %d values, got 5", length);
      assertThatThrownBy(
              () -> trainer.load(new TrainingState(start.parameters(), new float[0], 0, 0), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("updater state: this network has %d values, got 0", 2 * length);
    }
  }

  @Test
  void refusesMinibatchesThatAreNotWhatTheySay() {
    Engine engine = Engine.dl4j(withDropout(Optimizer.SGD));

    try (LocalTrainer trainer = engine.trainer()) {
      assertThatThrownBy(() -> trainer.fit(FIRST.values, FIRST.labels, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("count must be at least 1, got 0");
      assertThatThrownBy(() -> trainer.fit(new float[10], new int[2], 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("images: 2 of 17x16x2 take 1088 values, got 10");
      assertThatThrownBy(() -> trainer.fit(FIRST.values, new int[2], 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("labels: expected at least 3, got 2");
      assertThatThrownBy(() -> trainer.fit(FIRST.values, new int[] {0, 4}, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("label 1: must be 0 to 3, got 4");
    }
  }

  @Test
  void refusesToBeUsedOnAnotherThread() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (LocalTrainer trainer = Engine.dl4j(withDropout(Optimizer.SGD)).trainer()) {
      Thread other =
          new Thread(
              () -> {
                try {
                  trainer.store();
                } catch (IllegalStateException e) {
                  thrown.set(e);
                }
              },
              "other");
      other.start();
      other.join();
    }

    assertThat(thrown.get())
        .hasMessage(
            "trainer of thread %s used on thread other: make one on each thread that needs it",
            Thread.currentThread().getName());
  }

  private static String withDropout(Optimizer optimizer) {
    return Zoo.named("cnn-deep", SHAPE, CLASSES).configuration(optimizer, 0.01, 3);
  }

  private static StepResult fit(LocalTrainer trainer, Images minibatch) {
    return trainer.fit(minibatch.values, minibatch.labels, minibatch.count);
  }

  private static void assertSame(TrainingState actual, TrainingState expected) {
    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.updaterState()).isEqualTo(expected.updaterState());
    assertThat(actual.iteration()).isEqualTo(expected.iteration());
    assertThat(actual.epoch()).isEqualTo(expected.epoch());
  }
}
