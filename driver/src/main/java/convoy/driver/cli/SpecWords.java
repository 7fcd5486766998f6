package convoy.driver.cli;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import java.util.Locale;
import java.util.stream.Collectors;

/** Searched settings in words. */
final class SpecWords {
  private SpecWords() {}

  /** For example {@code 0.0001 to 0.1, log; where optimizer is sgd}. */
  static String of(Setting setting) {
    String where =
        setting
            .when()
            .map(
                when ->
                    "; where %s is %s"
                        .formatted(
                            when.setting(),
                            when.values().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(" or "))))
            .orElse("");
    return range(setting.range()) + where;
  }

  private static String range(Range range) {
    if (range instanceof Range.Continuous numbers) {
      return between(numbers.low(), numbers.high(), numbers.log());
    }
    if (range instanceof Range.Whole numbers) {
      return between(numbers.low(), numbers.high(), numbers.log());
    }
    return ((Range.Choice) range)
        .values().stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private static String between(Object low, Object high, boolean log) {
    return "%s to %s%s".formatted(low, high, log ? ", log" : "");
  }

  /** A value with four digits that count. */
  static String shortened(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.4g", number)
        : value.toString();
  }
}
