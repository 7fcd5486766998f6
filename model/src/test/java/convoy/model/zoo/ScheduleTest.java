package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
    IUpdater updater =
        LearningRate.scheduled(0.1, Schedule.ONE_CYCLE, 1_000, 400).updater(optimizer);

    assertThat(updater.getLearningRate(0, 0)).isCloseTo(0.1, within(5e-3));
    assertThat(updater.getLearningRate(449, 1)).isCloseTo(0.5, within(5e-3));
    assertThat(updater.getLearningRate(225, 1)).isCloseTo(0.3, within(5e-3));
    assertThat(updater.getLearningRate(675, 1)).isCloseTo(0.3, within(5e-3));
    assertThat(updater.getLearningRate(899, 2)).isCloseTo(0.1, within(5e-3));
    assertThat(updater.getLearningRate(950, 2)).isCloseTo(0.01, within(3e-3));
    assertThat(updater.getLearningRate(999, 2)).isCloseTo(0.001, within(3e-4));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "10", "19", "20", "21", "99", "101"})
  void staysWithinItsBoundsInShortRuns(int iterations) {
    for (Schedule schedule : Schedule.values()) {
      LearningRate rate = LearningRate.scheduled(0.1, schedule, iterations, 3);
      for (int i = 0; i < iterations; i++) {
        assertThat(rate.at(i)).isPositive().isLessThanOrEqualTo(0.5);
      }
    }
  }

  @Test
  void stepFallsAfterHalfAndAfterThreeQuarters() {
    LearningRate rate = new LearningRate(1, Schedule.STEP, 0.2, 0, 101, 10);

    assertThat(rate.at(0)).isEqualTo(1);
    assertThat(rate.at(50)).isEqualTo(1);
    assertThat(rate.at(51)).isEqualTo(0.2);
    assertThat(rate.at(75)).isEqualTo(0.2);
    assertThat(rate.at(76)).isCloseTo(0.04, within(1e-12));
    assertThat(rate.at(100)).isCloseTo(0.04, within(1e-12));
    assertThat(rate.firstDecay()).isEqualTo(51);
    assertThat(rate.highest()).isEqualTo(1);
  }

  @Test
  void exponentialFallsAfterEveryEpoch() {
    LearningRate rate = LearningRate.scheduled(1, Schedule.EXPONENTIAL, 40, 10);

    assertThat(rate.at(9)).isEqualTo(1);
    assertThat(rate.at(10)).isEqualTo(0.95);
    assertThat(rate.at(39)).isCloseTo(Math.pow(0.95, 3), within(1e-12));
    assertThat(rate.firstDecay()).isEqualTo(10);
  }

  @Test
  void cosineFallsToNothing() {
    LearningRate rate = LearningRate.scheduled(1, Schedule.COSINE, 10_000, 100);

    for (int i = 0; i < 10_000; i += 7) {
      assertThat(rate.at(i)).isCloseTo((1 + Math.cos(Math.PI * i / 10_000)) / 2, within(0.02));
    }
  }

  @Test
  void warmUpRisesEvenlyFromNothing() {
    LearningRate rate = new LearningRate(1, Schedule.CONSTANT, 1, 20, 1_000, 100);

    for (int i = 0; i < 20; i++) {
      assertThat(rate.at(i)).isCloseTo((i + 1) / 20.0, within(1e-12));
    }
    assertThat(rate.at(20)).isEqualTo(1);
    assertThat(rate.firstDecay()).isEqualTo(Integer.MAX_VALUE);
    LearningRate stepped = new LearningRate(1, Schedule.STEP, 0.1, 20, 1_000, 100);
    assertThat(stepped.firstDecay()).isEqualTo(500);
  }

  @Test
  void travelsInTheConfiguration() {
    Network network = Zoo.named("lenet5", new InputShape(1, 28, 28), 10);
    LearningRate rate = new LearningRate(1e-3, Schedule.COSINE, 1, 50, 1_000, 100);
    String json = network.configuration(Optimizer.ADAM, rate, 1);
    BaseLayer first = (BaseLayer) MultiLayerConfiguration.fromJson(json).getConf(0).getLayer();

    for (int i = 0; i < 1_000; i++) {
      assertThat(first.getIUpdater().getLearningRate(i, 0)).isEqualTo(rate.at(i));
    }
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
    assertThatThrownBy(() -> LearningRate.scheduled(0.1, Schedule.CONSTANT, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("iterations must be at least 1, got 0, and 1 an epoch");
  }
}
