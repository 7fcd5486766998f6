package convoy.driver.search;

import static org.assertj.core.api.Assertions.assertThat;

/** Asserts that points belong to their space. */
final class Within {
  private Within() {}

  static void assertWithin(Space space, Point point) {
    for (Setting setting : space.settings()) {
      Object value = point.values().get(setting.name());
      if (!Space.counts(setting, point.values())) {
        assertThat(value).as(setting.name()).isNull();
      } else if (setting.range() instanceof Range.Choice choice) {
        assertThat(choice.values()).contains(value);
      } else if (setting.range() instanceof Range.Whole whole) {
        assertThat((Long) value).isBetween(whole.low(), whole.high());
      } else if (setting.range() instanceof Range.Continuous continuous) {
        assertThat((Double) value).isBetween(continuous.low(), continuous.high());
      }
    }
  }
}
