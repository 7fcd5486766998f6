package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

class ScheduleTest {
  @Test
  void constantLeavesDl4jsUpdaterAsItIs() {
    assertThat(LearningRate.constant(0.5).updater(Optimizer.ADAM)).isEqualTo(new Adam(0.5));
  }

  @ParameterizedTest
  @EnumSource
  void oneCycleRisesFallsAndEndsLow(Optimizer optimizer) {
    IUpdater updater = new LearningRate(0.1, Schedule.ONE_CYCLE, 1_000).updater(optimizer);

    assertThat(updater.getLearningRate(0, 0)).isCloseTo(0.1, within(1e-9));
    assertThat(updater.getLearningRate(450, 1)).isCloseTo(0.5, within(1e-9));
    assertThat(updater.getLearningRate(225, 1)).isCloseTo(0.3, within(1e-9));
    assertThat(updater.getLearningRate(675, 1)).isCloseTo(0.3, within(1e-9));
    assertThat(updater.getLearningRate(899, 2)).isCloseTo(0.1, within(2e-3));
    assertThat(updater.getLearningRate(950, 2)).isCloseTo(0.01, within(1e-4));
    assertThat(updater.getLearningRate(999, 2)).isCloseTo(0.001, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 19, 20, 21, 99})
  void oneCycleStaysWithinItsBoundsInShortRuns(int iterations) {
    IUpdater updater = new LearningRate(0.1, Schedule.ONE_CYCLE, iterations).updater(Optimizer.SGD);

    for (int i = 0; i < iterations; i++) {
      assertThat(updater.getLearningRate(i, 0)).isBetween(0.00099, 0.50001);
    }
  }

  @Test
  void travelsInTheConfiguration() {
    Network network = Zoo.named("lenet5", new InputShape(1, 28, 28), 10);
    String json =
        network.configuration(Optimizer.ADAM, new LearningRate(1e-3, Schedule.ONE_CYCLE, 1_000), 1);
    BaseLayer first = (BaseLayer) MultiLayerConfiguration.fromJson(json).getConf(0).getLayer();

    assertThat(first.getIUpdater().getLearningRate(450, 0)).isCloseTo(5e-3, within(1e-9));
    assertThat(first.getIUpdater().getLearningRate(999, 0)).isCloseTo(1e-5, within(1e-6));
  }

  @Test
  void knowsItsNamesOnTheCommandLine() {
    assertThat(Schedule.named("one-cycle")).isEqualTo(Schedule.ONE_CYCLE);
    assertThatThrownBy(() -> Schedule.named("one-cicle"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one-cycle");
  }

  @Test
  void refusesARunWithoutMinibatches() {
    assertThatThrownBy(() -> new LearningRate(0.1, Schedule.CONSTANT, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("iterations must be at least 1, got 0");
  }
}
