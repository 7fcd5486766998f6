package convoy.driver.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is searched.
 *
 * @param settings each after the one that its condition names
 */
public record Space(List<Setting> settings) {
  /** Keeps a copy. */
  public Space {
    settings = List.copyOf(settings);
  }

  /** Number of settings. */
  public int dimensions() {
    return settings.size();
  }

  /**
   * The point at a place of the unit cube.
   *
   * @param units one from 0 to 1 for each setting; those whose condition does not hold are not read
   */
  public Point at(double[] units) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < settings.size(); i++) {
      Setting setting = settings.get(i);
      if (counts(setting, values)) {
        values.put(setting.name(), setting.range().at(units[i]));
      }
    }
    return new Point(values);
  }

  /** The point of these values, put in the settings' order: JSON keeps none. */
  public Point ordered(Map<String, Object> values) {
    Map<String, Object> ordered = new LinkedHashMap<>();
    for (Setting setting : settings) {
      if (values.containsKey(setting.name())) {
        ordered.put(setting.name(), values.get(setting.name()));
      }
    }
    return new Point(ordered);
  }

  /** Whether a setting's condition holds among values of the settings before it. */
  public static boolean counts(Setting setting, Map<String, Object> values) {
    return setting
        .when()
        .map(
            when -> {
              Object other = values.get(when.setting());
              return other != null && when.values().contains(other);
            })
        .orElse(true);
  }
}
