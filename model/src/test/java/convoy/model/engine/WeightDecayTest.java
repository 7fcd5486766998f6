package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import convoy.model.engine.LocalTrainer.StepResult;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Schedule;
import convoy.model.zoo.Variation;
import convoy.model.zoo.Zoo;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Weight decay in the fast path, of a network with dropout. */
class WeightDecayTest {
  private static final InputShape SHAPE = new InputShape(1, 28, 28);
  private static final Network NETWORK =
      new Variation(0.2, 7, 30).applyTo(Zoo.named("lenet5", SHAPE, 4));

  private static final double DECAY = 0.05;

  /** Half of this in the first minibatch, which is one of warm-up; all of it in the others. */
  private static final LearningRate RATE =
      new LearningRate(0.1, Schedule.CONSTANT, 1, 2, 1_000, 100);

  private static final Images FIRST = new Images(SHAPE, 4, 8, 1);
  private static final Images SECOND = new Images(SHAPE, 4, 8, 2);

  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void isAppliedBitForBitAsPlainDl4jDoes(Optimizer optimizer) {
    String configuration = NETWORK.configuration(optimizer, RATE, 0, DECAY, 3);
    TrainingState start = Engine.dl4j(configuration).initialState();
    TrainingState expected = PlainLoop.fit(configuration, start, 7, List.of(FIRST, SECOND));

    TrainingState actual = fitted(configuration, start, FIRST, SECOND);

    assertThat(actual.parameters()).isEqualTo(expected.parameters());
    assertThat(actual.updaterState()).isEqualTo(expected.updaterState());
  }

  @Test
  void isAppliedAsByDl4jsOwnLayers() {
    String configuration = NETWORK.configuration(Optimizer.SGD, RATE, 0, DECAY, 3);
    MultiLayerNetwork stock = PlainLoop.network(configuration);
    TrainingState start = Engine.dl4j(configuration).initialState();
    Nd4j.getRandom().setSeed(7);
    stock.fit(FIRST.features(), FIRST.oneHot());
    stock.fit(SECOND.features(), SECOND.oneHot());
    float[] expected = stock.params().dup().data().asFloat();

    float[] actual = fitted(configuration, start, FIRST, SECOND).parameters();

    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], offset(1e-6f));
    }
  }

  /** Whatever the optimizer makes of the gradient. */
  @ParameterizedTest
  @EnumSource(Optimizer.class)
  void takesItsShareOffWeightsAloneTimesTheLearningRate(Optimizer optimizer) {
    String plain = NETWORK.configuration(optimizer, RATE, 0, 0, 3);
    String decaying = NETWORK.configuration(optimizer, RATE, 0, DECAY, 3);
    TrainingState start = Engine.dl4j(plain).initialState();

    Map<String, INDArray> before = table(plain, start);
    Map<String, INDArray> without = table(plain, fitted(plain, start, FIRST));
    Map<String, INDArray> with = table(plain, fitted(decaying, start, FIRST));

    assertThat(RATE.at(0)).isEqualTo(0.05);
    assertThat(with.keySet()).hasSize(10);
    with.forEach(
        (name, parameters) -> {
          double share = name.endsWith("_W") ? 0.05 * DECAY : 0;
          INDArray expected = without.get(name).sub(before.get(name).mul(share));
          assertThat(parameters.sub(expected).amaxNumber().doubleValue()).as(name).isLessThan(1e-6);
        });
  }

  /** Half of the weights' squares, as DL4J counts it. */
  @Test
  void isPartOfTheLoss() {
    String plain = NETWORK.configuration(Optimizer.SGD, RATE, 0, 0, 3);
    TrainingState start = Engine.dl4j(plain).initialState();
    double squares =
        table(plain, start).entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("_W"))
            .mapToDouble(entry -> Math.pow(entry.getValue().norm2Number().doubleValue(), 2))
            .sum();

    double without = loss(plain, start);
    double with = loss(NETWORK.configuration(Optimizer.SGD, RATE, 0, DECAY, 3), start);

    assertThat(with - without).isCloseTo(DECAY * squares / 2, offset(1e-4)).isPositive();
  }

  private static TrainingState fitted(String configuration, TrainingState from, Images... images) {
    try (LocalTrainer trainer = Engine.dl4j(configuration).trainer()) {
      trainer.load(from, 7);
      for (Images minibatch : images) {
        trainer.fit(minibatch.values, minibatch.labels, minibatch.count);
      }
      return trainer.store();
    }
  }

  private static double loss(String configuration, TrainingState from) {
    try (LocalTrainer trainer = Engine.dl4j(configuration).trainer()) {
      trainer.load(from, 7);
      StepResult result = trainer.fit(FIRST.values, FIRST.labels, FIRST.count);
      return result.loss();
    }
  }

  /** The parameters by layer and kind, as {@code 0_W} and {@code 0_b}. */
  private static Map<String, INDArray> table(String configuration, TrainingState state) {
    MultiLayerNetwork network = PlainLoop.network(configuration);
    network.setParams(Nd4j.createFromArray(state.parameters()));
    return network.paramTable();
  }
}
