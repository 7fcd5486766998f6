package convoy.driver.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How often a checkpoint is due.
 *
 * @param rounds after so many; 0 where {@code time} counts instead
 * @param time after so long; null where {@code rounds} counts instead
 */
record CheckpointEvery(int rounds, Duration time) {
  boolean isDue(int roundsSince, Duration since) {
    return time == null ? roundsSince >= rounds : since.compareTo(time) >= 0;
  }

  /** Reads {@code 20}, {@code 30s}, {@code 5m} or {@code 2h}. */
  static final class Converter implements ITypeConverter<CheckpointEvery> {
    @Override
    public CheckpointEvery convert(String text) {
      if (!text.matches("0*[1-9][0-9]{0,8}[smh]?")) {
        throw new TypeConversionException(
            "must be a number of rounds such as 20, or a time such as 30s, 5m or 2h, got '%s'"
                .formatted(text));
      }
      int number = Integer.parseInt(text.replaceAll("[smh]", ""));
      return switch (text.charAt(text.length() - 1)) {
        case 's' -> new CheckpointEvery(0, Duration.ofSeconds(number));
        case 'm' -> new CheckpointEvery(0, Duration.ofMinutes(number));
        case 'h' -> new CheckpointEvery(0, Duration.ofHours(number));
        default -> new CheckpointEvery(number, null);
      };
    }
  }
}
