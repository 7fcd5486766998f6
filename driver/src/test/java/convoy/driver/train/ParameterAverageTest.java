package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.model.engine.TrainingState;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ParameterAverageTest {
  private static final TrainingState BEFORE = new TrainingState(new float[2], new float[1], 40, 3);

  @Test
  void weighsEachWorkerByTheImagesItSaw() {
    TrainingState after =
        ParameterAverage.of(
            BEFORE,
            List.of(
                result(300, 3, new float[] {1, 10}, new float[] {4}),
                result(100, 1, new float[] {5, -10}, new float[] {8})),
            List.of());
    assertThat(after.parameters()).containsExactly(2f, 5f);
    assertThat(after.updaterState()).containsExactly(5f);
  }

  @Test
  void movesTheIterationByTheMinibatchesReallyFitted() {
    TrainingState after =
        ParameterAverage.of(
            BEFORE,
            List.of(
                result(10, 2, new float[2], new float[1]),
                result(15, 3, new float[2], new float[1])),
            List.of());
    assertThat(after.iteration()).isEqualTo(43);
    assertThat(after.epoch()).isEqualTo(3);
  }

  @Test
  void leavesOutWorkersThatSawNothing() {
    TrainingState after =
        ParameterAverage.of(
            BEFORE,
            List.of(WorkerResult.nothing(), result(7, 1, new float[] {1.5f, 2}, new float[] {3})),
            List.of());
    assertThat(after.parameters()).containsExactly(1.5f, 2f);
    assertThat(after.updaterState()).containsExactly(3f);
  }

  @Test
  void returnsOneWorkersNumbersUntouched() {
    float[] parameters = {1f / 3, 1e-38f, 3.4e38f, -0f};
    TrainingState after =
        ParameterAverage.of(
            BEFORE, List.of(result(49_999, 7, parameters, new float[0])), List.of());
    assertThat(after.parameters()).containsExactly(parameters);
  }

  @Test
  void refusesARoundWithoutImages() {
    assertThatThrownBy(
            () -> ParameterAverage.of(BEFORE, List.of(WorkerResult.nothing()), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no worker saw an image");
  }

  @Test
  void refusesWorkersThatDisagreeInLength() {
    assertThatThrownBy(
            () ->
                ParameterAverage.of(
                    BEFORE,
                    List.of(
                        result(1, 1, new float[2], new float[1]),
                        result(1, 1, new float[3], new float[1])),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("workers disagree in length: 2 and 3");
  }

  private static WorkerResult result(
      int images, int minibatches, float[] parameters, float[] updaterState) {
    return new WorkerResult(
        images, minibatches, 0, 0, new TrainingState(parameters, updaterState, 0, 3), 0);
  }
}
