package convoy.driver.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values of the searched settings.
 *
 * @param values by the settings' names, in the order of the space, without those whose condition
 *     does not hold: {@link Double}, {@link Long}, {@link Boolean} or {@link String}
 */
public record Point(Map<String, Object> values) {
  /** Keeps a copy, in which whole numbers are {@link Long}: JSON has them as {@link Integer}. */
  public Point {
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.replaceAll((name, value) -> value instanceof Integer number ? number.longValue() : value);
    values = Collections.unmodifiableMap(copy);
  }
}
