package convoy.driver.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A searched setting.
 *
 * @param name the option of {@code train} without its hyphens
 * @param when what must hold for the setting to count; empty where it always does
 */
public record Setting(String name, Range range, Optional<Condition> when) {
  /** Refuses nothing at all. */
  public Setting {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(range, "range");
    Objects.requireNonNull(when, "when");
  }

  /**
   * Holds where another setting has one of some values.
   *
   * @param setting searched too, and before this one in the space
   */
  public record Condition(String setting, List<Object> values) {
    /** Keeps a copy. */
    public Condition {
      values = List.copyOf(values);
    }
  }
}
