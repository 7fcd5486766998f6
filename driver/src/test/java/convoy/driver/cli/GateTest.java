package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.CommandLineException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GateTest {
  private static final Set<String> FIGURES = Set.of("accuracy", "loss");

  @ParameterizedTest
  @CsvSource({
    "accuracy>=0.5, 0.5, true",
    "accuracy>=0.5, 0.4999, false",
    "accuracy > 0.5, 0.5, false",
    "accuracy<=-1e-3, -0.001, true",
    "loss<=.5, 0.51, false",
    "loss<2E1, 19.9, true",
    "loss<20, 20, false",
  })
  void holdsOrNot(String text, double value, boolean holds) {
    Gate gate = Gate.all(List.of(text), FIGURES).get(0);
    assertThat(gate.relation().holds(value, gate.bound())).isEqualTo(holds);
  }

  @Test
  void doesNotHoldOfWhatIsNoNumber() {
    for (Gate.Relation relation : Gate.Relation.values()) {
      assertThat(relation.holds(Double.NaN, 0)).isFalse();
    }
  }

  @Test
  void tellsOfAllMistakesAtOnce() {
    assertThatThrownBy(
            () ->
                Gate.all(
                    List.of("acuracy>=1", "accuracy=1", "accuracy>=0.9", "loss<1.2.3"), FIGURES))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            """
            --require acuracy>=1: there is no figure acuracy; there are accuracy, loss
            --require accuracy=1: must be a figure, one of >= <= > <, and a number, for example "accuracy>=0.99"
            --require loss<1.2.3: must be a figure, one of >= <= > <, and a number, for example "accuracy>=0.99\"""");
  }
}
