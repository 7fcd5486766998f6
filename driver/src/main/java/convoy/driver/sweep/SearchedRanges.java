package convoy.driver.sweep;

import convoy.driver.search.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the values that a searched setting may take. */
final class SearchedRanges {
  private static final String LOG = "log";
  private static final String WHOLE = "integer";
  private static final String CHOICE = "choice";
  private static final String RANGE = "range";

  private static final List<String> KEYS = List.of(RANGE, LOG, WHOLE, CHOICE, "when");

  private final AcceptedOptions options;

  SearchedRanges(AcceptedOptions options) {
    this.options = options;
  }

  /**
   * The range of an option of {@code train}.
   *
   * @param node a list of values, or a map with one kind of range
   */
  Optional<Range> read(String option, SpecNode node) {
    if (node.isList()) {
      return choice(option, node);
    }
    if (!node.isMap()) {
      node.refuse(
          "is searched, and so needs a list of values or one of {range: [low, high]}, {log: [low, high]} and {integer: [low, high]}; a single value belongs under train");
      return Optional.empty();
    }
    Map<String, SpecNode> parts = node.entries(KEYS);
    List<String> kinds = new ArrayList<>(parts.keySet());
    kinds.remove("when");
    if (parts.containsKey(WHOLE)) {
      kinds.remove(LOG);
    }
    if (kinds.size() != 1) {
      node.refuse(
          "needs one of range, log, integer and choice, got "
              + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
      return Optional.empty();
    }
    String kind = kinds.get(0);
    SpecNode values = parts.get(kind).named(node);
    return switch (kind) {
      case CHOICE -> choice(option, values);
      case WHOLE -> whole(option, values, Optional.ofNullable(parts.get(LOG)));
      default -> continuous(option, values, kind.equals(LOG));
    };
  }

  private Optional<Range> continuous(String option, SpecNode node, boolean log) {
    Optional<List<Object>> ends = ends(option, node, Number.class, "numbers");
    if (ends.isEmpty()) {
      return Optional.empty();
    }
    Number low = (Number) ends.get().get(0);
    Number high = (Number) ends.get().get(1);
    if (log && low.doubleValue() <= 0) {
      node.refuse("a logarithmic range must begin above 0, got " + low);
      return Optional.empty();
    }
    if (low instanceof Long
        && high instanceof Long
        && options.refusal(option, low.doubleValue() + 0.5).isPresent()) {
      node.refuse("takes whole numbers, so search it by {integer: [%s, %s]}".formatted(low, high));
      return Optional.empty();
    }
    return Optional.of(new Range.Continuous(low.doubleValue(), high.doubleValue(), log));
  }

  private Optional<Range> whole(String option, SpecNode node, Optional<SpecNode> log) {
    Optional<Object> flag = log.flatMap(SpecNode::value);
    if (flag.isPresent() && !(flag.get() instanceof Boolean)) {
      log.get().refuse("must be true or false beside integer, got " + flag.get());
      return Optional.empty();
    }
    boolean logarithmic = flag.equals(Optional.of(true));
    Optional<List<Object>> ends = ends(option, node, Long.class, "whole numbers");
    if (ends.isEmpty()) {
      return Optional.empty();
    }
    long low = (Long) ends.get().get(0);
    long high = (Long) ends.get().get(1);
    if (logarithmic && low < 1) {
      node.refuse("a logarithmic range of whole numbers must begin at 1 or above, got " + low);
      return Optional.empty();
    }
    return Optional.of(new Range.Whole(low, high, logarithmic));
  }

  /** Two values, the first one below the second, that the option accepts. */
  private Optional<List<Object>> ends(
      String option, SpecNode node, Class<? extends Number> type, String words) {
    List<SpecNode> items = node.items();
    List<Object> ends = new ArrayList<>();
    for (SpecNode item : items) {
      Optional<Object> end = item.value();
      if (end.isPresent() && !type.isInstance(end.get())) {
        item.refuse("the ends of the range must be %s, got %s".formatted(words, end.get()));
      } else {
        end.filter(value -> accepted(option, item, value)).ifPresent(ends::add);
      }
    }
    if (items.size() != 2) {
      node.refuse("a range needs two ends, got " + items.size());
    } else if (ends.size() == 2
        && ((Number) ends.get(0)).doubleValue() >= ((Number) ends.get(1)).doubleValue()) {
      node.refuse("a range must end above its beginning, got %s to %s".formatted(ends.toArray()));
    } else if (ends.size() == 2) {
      return Optional.of(ends);
    }
    return Optional.empty();
  }

  /** The values of a list that the option accepts. */
  Optional<Range> choice(String option, SpecNode node) {
    List<SpecNode> items = node.items();
    List<Object> values = new ArrayList<>();
    boolean right = items.size() > 1;
    if (!right) {
      node.refuse("a choice needs two values or more, got " + items.size());
    }
    for (SpecNode item : items) {
      Optional<Object> value = item.value().filter(each -> accepted(option, item, each));
      if (value.isPresent() && among(values, value.get()).isPresent()) {
        item.refuse("%s is given twice".formatted(value.get()));
        right = false;
      }
      right &= value.isPresent();
      value.ifPresent(values::add);
    }
    return right ? Optional.of(new Range.Choice(alike(values))) : Optional.empty();
  }

  private boolean accepted(String option, SpecNode node, Object value) {
    Optional<String> refusal = options.refusal(option, value);
    refusal.ifPresent(node::refuse);
    return refusal.isEmpty();
  }

  /** Makes all numbers of one type. */
  private static List<Object> alike(List<Object> values) {
    boolean fractions = values.stream().anyMatch(Double.class::isInstance);
    return values.stream()
        .map(value -> (fractions && value instanceof Long whole) ? whole.doubleValue() : value)
        .toList();
  }

  /** The member of a list that equals a value, 1 and 1.0 being equal. */
  static Optional<Object> among(List<Object> values, Object value) {
    return values.stream()
        .filter(
            each ->
                (each instanceof Number a && value instanceof Number b)
                    ? a.doubleValue() == b.doubleValue()
                    : each.equals(value))
        .findFirst();
  }
}
