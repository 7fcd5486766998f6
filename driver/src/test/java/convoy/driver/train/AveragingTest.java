package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.driver.train.Averaging.UpdaterState;
import convoy.driver.train.AveragingFrequency.Kind;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AveragingTest {
  @Test
  void takesTheMeanWhereNothingElseIsAskedFor() {
    TrainingState mean = state(10, 1, 2, 3);
    OuterState.After after =
        start(Averaging.plain(10)).step(Averaging.plain(10), state(0, 5, 5, 5), mean, List.of());
    assertThat(after.state()).isSameAs(mean);
    assertThat(after.outer().model(after.state())).isSameAs(mean);
  }

  /** Worked out by hand: way 1 and 0.5, learning rate 0.5, momentum 0.8. */
  @Test
  void outerMomentumGoesOnInTheDirectionOfEarlierRounds() {
    Averaging averaging = averaging(0.5, 0.8, 0, UpdaterState.AVERAGED);
    OuterState.After first =
        start(averaging).step(averaging, state(0, 4, 4, 4), state(10, 3, 4, 4), List.of());
    assertThat(first.state().parameters()[0]).isCloseTo(4 - 0.5f * 1.8f, within(1e-6f));
    assertThat(first.state().parameters()[1]).isEqualTo(4);
    assertThat(first.outer().velocity()[0]).isEqualTo(1);

    float from = first.state().parameters()[0];
    OuterState.After second =
        first.outer().step(averaging, first.state(), state(20, from - 0.5f, 4, 4), List.of());
    assertThat(second.outer().velocity()[0]).isCloseTo(1.3f, within(1e-6f));
    assertThat(second.state().parameters()[0])
        .isCloseTo(from - 0.5f * (0.5f + 0.8f * 1.3f), within(1e-6f));
    assertThat(second.state().iteration()).isEqualTo(20);
  }

  @Test
  void statisticsOfBatchNormalisationAreNotStepped() {
    Averaging averaging = averaging(0.5, 0.8, 0, UpdaterState.AVERAGED);
    OuterState.After after =
        start(averaging)
            .step(
                averaging,
                state(0, 4, 4, 4),
                state(10, 3, 7, 8),
                List.of(new RunningStatistics(1, 2, 1, false, 0.9)));
    assertThat(after.state().parameters()[1]).isEqualTo(7);
    assertThat(after.state().parameters()[2]).isEqualTo(8);
  }

  @Test
  void movingAverageDecaysByTheMinibatchesOfARound() {
    Averaging averaging = averaging(1, 0, 0.9, UpdaterState.AVERAGED);
    OuterState begin = OuterState.start(averaging, new float[] {1, 1, 1});
    OuterState.After after =
        begin.step(averaging, state(1_000, 1, 1, 1), state(1_003, 5, 1, 1), List.of());
    double kept = Math.pow(0.9, 3);
    assertThat(after.outer().movingAverage()[0])
        .isCloseTo((float) (kept + (1 - kept) * 5), within(1e-6f));
    assertThat(after.state().parameters()[0]).isEqualTo(5);
    assertThat(after.outer().model(after.state()).parameters())
        .isSameAs(after.outer().movingAverage());
  }

  @Test
  void movingAverageSoonForgetsTheStart() {
    Averaging averaging = averaging(1, 0, 0.9999, UpdaterState.AVERAGED);
    OuterState outer = OuterState.start(averaging, new float[] {1, 1, 1});
    TrainingState state = state(0, 1, 1, 1);
    for (int iteration = 10; iteration <= 200; iteration += 10) {
      TrainingState next = state(iteration, 5, 5, 5);
      outer = outer.step(averaging, state, next, List.of()).outer();
      state = next;
    }
    assertThat(outer.movingAverage()[0]).isGreaterThan(4.99f);
  }

  @Test
  void updaterStateIsAveragedOrReset() {
    TrainingState mean = state(10, 1, 2, 3).withUpdaterState(new float[] {6, 7});
    for (UpdaterState kind : UpdaterState.values()) {
      Averaging averaging = averaging(1, 0, 0, kind);
      OuterState.After after = start(averaging).step(averaging, state(0, 4, 4, 4), mean, List.of());
      assertThat(after.state().updaterState())
          .containsExactly(kind == UpdaterState.RESET ? new float[2] : new float[] {6, 7});
    }
  }

  @Test
  void postLocalAveragesEveryMinibatchUntilTheLearningRateFalls() {
    LearningRate rate = new LearningRate(0.1, Schedule.STEP, 0.1, 5, 100, 10);
    AveragingFrequency frequency = new AveragingFrequency(16, Kind.POST_LOCAL, rate);
    assertThat(frequency.at(0)).isEqualTo(1);
    assertThat(frequency.at(49)).isEqualTo(1);
    assertThat(frequency.at(50)).isEqualTo(16);
    assertThat(frequency.at(99)).isEqualTo(16);
  }

  @Test
  void growingFollowsTheSquareOfTheFall() {
    LearningRate rate = new LearningRate(0.1, Schedule.STEP, 0.5, 5, 100, 10);
    AveragingFrequency frequency = new AveragingFrequency(3, Kind.GROWING, rate);
    assertThat(frequency.at(0)).isEqualTo(3);
    assertThat(frequency.at(49)).isEqualTo(3);
    assertThat(frequency.at(50)).isEqualTo(12);
    assertThat(frequency.at(75)).isEqualTo(48);
    LearningRate steep = new LearningRate(0.1, Schedule.STEP, 1e-9, 0, 100, 10);
    assertThat(new AveragingFrequency(3, Kind.GROWING, steep).at(99)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> AveragingFrequency.constant(0))
        .hasMessage("--averaging-frequency must be at least 1, got 0");
    assertThatThrownBy(() -> averaging(0, 0, 0, UpdaterState.AVERAGED))
        .hasMessage("--outer-learning-rate must be above 0, got 0.0");
    assertThatThrownBy(() -> averaging(1, 1, 0, UpdaterState.AVERAGED))
        .hasMessage("--outer-momentum must be at least 0 and below 1, got 1.0");
    assertThatThrownBy(() -> averaging(1, 0, -0.1, UpdaterState.AVERAGED))
        .hasMessage("--moving-average must be at least 0 and below 1, got -0.1");
  }

  private static OuterState start(Averaging averaging) {
    return OuterState.start(averaging, new float[3]);
  }

  private static Averaging averaging(
      double rate, double momentum, double movingAverage, UpdaterState updaterState) {
    return new Averaging(
        AveragingFrequency.constant(10), rate, momentum, movingAverage, updaterState, 0);
  }

  private static TrainingState state(int iteration, float... parameters) {
    return new TrainingState(parameters, new float[0], iteration, 0);
  }
}
