package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesALearningRateThatIsNotAboveZero(double learningRate) {
    assertThatThrownBy(() -> new Recipe(Optimizer.SGD, learningRate, Schedule.CONSTANT, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learning rate must be above 0 and finite, got " + learningRate);
  }

  @Test
  void refusesABatchOfNoImages() {
    assertThatThrownBy(() -> new Recipe(Optimizer.SGD, 1, Schedule.CONSTANT, 0, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch size must be at least 1, got 0");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "-1, 1", "1, -1"})
  void countsEitherEpochsOrSteps(int epochs, int steps) {
    assertThatThrownBy(() -> new Recipe(Optimizer.SGD, 1, Schedule.CONSTANT, 1, epochs, steps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "either epochs or steps must be at least 1 and the other 0, got %d epochs and %d steps",
            epochs, steps);
  }
}
