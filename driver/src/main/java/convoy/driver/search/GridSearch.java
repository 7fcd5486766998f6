package convoy.driver.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Every combination once; settings whose condition does not hold have no part in it.
 *
 * <p>Choices are taken whole. Ranges begin with their two ends and are given further levels in
 * turn, for as long as all combinations stay within the trials.
 */
final class GridSearch implements Search {
  /** More combinations than this are not told apart. */
  private static final long MANY = Integer.MAX_VALUE;

  private final Space space;
  private final Set<String> named;
  private final List<List<Object>> levels = new ArrayList<>();

  GridSearch(Space space, int trials) {
    this.space = space;
    this.named =
        space.settings().stream()
            .flatMap(setting -> setting.when().stream())
            .map(Setting.Condition::setting)
            .collect(Collectors.toSet());
    space.settings().forEach(setting -> levels.add(levels(setting.range(), 2)));
    long fewest = count(0, new LinkedHashMap<>());
    if (fewest > trials) {
      throw new IllegalArgumentException(
          "must be at least %s for a grid, got %d"
              .formatted(fewest == MANY ? "two thousand million" : fewest, trials));
    }
    while (refine(trials)) {
      // Until nothing fits any more.
    }
  }

  @Override
  public Optional<Point> point(int trial, List<Observed> seen) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (trial >= count(0, values)) {
      return Optional.empty();
    }
    long before = trial;
    for (int i = 0; i < space.dimensions(); i++) {
      if (Space.counts(space.settings().get(i), values)) {
        before = descend(i, values, before);
      }
    }
    return Optional.of(new Point(values));
  }

  @Override
  public int most(int trials) {
    return (int) Math.min(trials, count(0, new LinkedHashMap<>()));
  }

  /**
   * Sets a setting to the value under which the point lies.
   *
   * @param before points before it, with the values so far
   * @return points before it, with the value as well
   */
  private long descend(int index, Map<String, Object> values, long before) {
    String name = space.settings().get(index).name();
    long left = before;
    for (Object level : levels.get(index)) {
      values.put(name, level);
      long below = count(index + 1, values);
      if (left < below) {
        return left;
      }
      left -= below;
    }
    throw new IllegalStateException("no such point of the grid");
  }

  /** Gives each range one more level where it fits; false if none was given. */
  private boolean refine(int trials) {
    boolean finer = false;
    for (int i = 0; i < levels.size(); i++) {
      List<Object> coarse = levels.get(i);
      List<Object> fine = finer(space.settings().get(i).range(), coarse);
      levels.set(i, fine);
      if (fine.size() > coarse.size() && count(0, new LinkedHashMap<>()) <= trials) {
        finer = true;
      } else {
        levels.set(i, coarse);
      }
    }
    return finer;
  }

  /** Combinations of the settings from an index, given the values of those before it. */
  private long count(int index, Map<String, Object> values) {
    if (index == space.dimensions()) {
      return 1;
    }
    Setting setting = space.settings().get(index);
    if (!Space.counts(setting, values)) {
      return count(index + 1, values);
    }
    if (!named.contains(setting.name())) {
      return Math.min(MANY, levels.get(index).size() * count(index + 1, values));
    }
    long sum = 0;
    for (Object level : levels.get(index)) {
      values.put(setting.name(), level);
      sum += count(index + 1, values);
    }
    values.remove(setting.name());
    return Math.min(MANY, sum);
  }

  /** With at least one level more, if there is one: neighbouring whole numbers may merge. */
  private static List<Object> finer(Range range, List<Object> coarse) {
    List<Object> fine = coarse;
    for (int n = coarse.size() + 1; fine.size() == coarse.size() && n <= 4 * coarse.size(); n++) {
      fine = levels(range, n);
    }
    return fine;
  }

  /** About that many values, both ends among them. */
  private static List<Object> levels(Range range, int number) {
    if (range instanceof Range.Choice choice) {
      return choice.values();
    }
    if (range instanceof Range.Whole whole && whole.high() - whole.low() < number) {
      return LongStream.rangeClosed(whole.low(), whole.high()).<Object>mapToObj(v -> v).toList();
    }
    Set<Object> values = new LinkedHashSet<>();
    for (int i = 0; i < number; i++) {
      values.add(range.at(i / (number - 1.0)));
    }
    return List.copyOf(values);
  }
}
