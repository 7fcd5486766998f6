package convoy.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AxisTest {
  @Test
  void labelsBothEndsAndRoundNumbersBetween() {
    assertThat(labels(new Range.Continuous(0, 1, false)))
        .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    assertThat(labels(new Range.Continuous(0.00001, 0.1, true)))
        .containsExactly("1e-5", "0.0001", "0.001", "0.01", "0.1");
    assertThat(labels(new Range.Whole(16, 512, true))).containsExactly("16", "100", "512");
    assertThat(labels(new Range.Whole(1, 3, false))).containsExactly("1", "2", "3");
    assertThat(labels(new Range.Continuous(-2.5e-7, 1234567, false)))
        .startsWith("-2.5e-7")
        .endsWith("1.235e6");
  }

  @Test
  void labelsAChoiceByItsValues() {
    assertThat(labels(new Range.Choice(List.of("adam", 2L, true))))
        .containsExactly("adam", "2", "true");
  }

  @Test
  void placesTicksWhereTheRangePlacesValues() {
    Axis axis = axis(new Range.Continuous(0.0001, 1, true));
    assertThat(axis.ticks()).extracting(Axis.Tick::unit).startsWith(0.0).endsWith(1.0).isSorted();
    assertThat(axis.conditional()).isFalse();
  }

  private static Axis axis(Range range) {
    return Axis.of(new Setting("any", range, Optional.empty()));
  }

  private static List<String> labels(Range range) {
    return axis(range).ticks().stream().map(Axis.Tick::label).toList();
  }
}
