package convoy.driver.sweep;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Setting.Condition;
import convoy.driver.search.Space;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what is searched: first every setting's range, then conditions between them. */
final class SearchSection {
  private final TrainOptionNames names;
  private final SearchedRanges ranges;
  private final Map<String, SpecNode> nodes = new LinkedHashMap<>();
  private final Map<String, Range> read = new LinkedHashMap<>();
  private final Map<String, Condition> conditions = new LinkedHashMap<>();

  SearchSection(AcceptedOptions options) {
    this.names = new TrainOptionNames(options);
    this.ranges = new SearchedRanges(options);
  }

  /** Reads the list of networks. */
  void networks(SpecNode node) {
    nodes.put(TrainOptionNames.MODEL, node);
    ranges
        .choice(TrainOptionNames.MODEL, node)
        .ifPresent(range -> read.put(TrainOptionNames.MODEL, range));
  }

  /**
   * Reads the settings.
   *
   * @param fixed options that all trials share
   */
  void settings(SpecNode search, Set<String> fixed) {
    search
        .entries()
        .forEach(
            (name, node) -> {
              Optional<String> refusal = names.searchRefusal(name);
              if (refusal.isPresent()) {
                node.refuse(refusal.get());
              } else {
                if (fixed.contains(name)) {
                  node.refuse("is given under train as well; leave it out of one of them");
                }
                nodes.put(name, node);
                ranges.read(name, node).ifPresent(range -> read.put(name, range));
              }
            });
    nodes.forEach(this::condition);
  }

  /** What was read; every setting comes after the one that its condition names. */
  Space space() {
    List<Setting> ordered = new ArrayList<>();
    Set<String> left = new LinkedHashSet<>(read.keySet());
    boolean more = true;
    while (more) {
      more = false;
      for (String name : read.keySet()) {
        Optional<Condition> when = Optional.ofNullable(conditions.get(name));
        // What a condition names may be missing where it was wrong.
        if (left.contains(name) && when.map(c -> !left.contains(c.setting())).orElse(true)) {
          ordered.add(new Setting(name, read.get(name), when));
          left.remove(name);
          more = true;
        }
      }
    }
    left.forEach(name -> nodes.get(name).refuse("its conditions lead in a circle"));
    return new Space(ordered);
  }

  private void condition(String name, SpecNode node) {
    if (!node.isMap()) {
      return;
    }
    Optional.ofNullable(node.entries().get("when"))
        .ifPresent(
            when -> {
              Map<String, SpecNode> entries = when.entries();
              if (entries.size() == 1) {
                entries.forEach(
                    (other, values) ->
                        condition(when, other, values).ifPresent(c -> conditions.put(name, c)));
              } else if (when.isMap()) {
                when.refuse("must name one other setting, got " + entries.size());
              }
            });
  }

  private Optional<Condition> condition(SpecNode when, String other, SpecNode values) {
    if (!nodes.containsKey(other)) {
      when.refuse("%s is not searched".formatted(other));
      return Optional.empty();
    }
    List<Object> matched = new ArrayList<>();
    for (SpecNode item : values.items()) {
      Optional<Object> value = item.value();
      if (value.isPresent() && read.containsKey(other)) {
        Optional<Object> match = match(item, other, read.get(other), value.get());
        match.ifPresent(matched::add);
      }
    }
    if (values.items().isEmpty()) {
      values.refuse("needs a value");
    }
    return matched.isEmpty() ? Optional.empty() : Optional.of(new Condition(other, matched));
  }

  /** The value among those of the other setting; refused if that can never take it. */
  private static Optional<Object> match(SpecNode item, String other, Range range, Object value) {
    if (range instanceof Range.Continuous) {
      item.refuse(
          "%s is a range of numbers; conditions name choices and ranges of whole numbers"
              .formatted(other));
      return Optional.empty();
    }
    if (range instanceof Range.Whole whole) {
      if (value instanceof Long number && number >= whole.low() && number <= whole.high()) {
        return Optional.of(value);
      }
      item.refuse(
          "%s is searched from %d to %d and never %s"
              .formatted(other, whole.low(), whole.high(), value));
      return Optional.empty();
    }
    List<Object> choices = ((Range.Choice) range).values();
    Optional<Object> found = SearchedRanges.among(choices, value);
    if (found.isEmpty()) {
      item.refuse("%s is searched among %s and never %s".formatted(other, choices, value));
    }
    return found;
  }
}
