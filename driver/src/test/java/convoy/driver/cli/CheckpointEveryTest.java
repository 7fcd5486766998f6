package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class CheckpointEveryTest {
  private final CheckpointEvery.Converter converter = new CheckpointEvery.Converter();

  @ParameterizedTest
  @CsvSource({"30s,30", "5m,300", "2h,7200", "007m,420"})
  void readsTimes(String text, long seconds) {
    CheckpointEvery every = converter.convert(text);
    assertThat(every.isDue(1_000_000, Duration.ofSeconds(seconds).minusNanos(1))).isFalse();
    assertThat(every.isDue(1, Duration.ofSeconds(seconds))).isTrue();
  }

  @Test
  void readsRounds() {
    CheckpointEvery every = converter.convert("20");
    assertThat(every.isDue(19, Duration.ofDays(1))).isFalse();
    assertThat(every.isDue(20, Duration.ZERO)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0m", "-5", "5d", "m", "", "1.5h", "5 m", "1000000000000"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "must be a number of rounds such as 20, or a time such as 30s, 5m or 2h, got '%s'",
            text);
  }
}
