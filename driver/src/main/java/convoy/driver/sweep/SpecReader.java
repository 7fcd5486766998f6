package convoy.driver.sweep;

import convoy.driver.CommandLineException;
import convoy.driver.search.Search;
import convoy.driver.search.Space;
import convoy.driver.sweep.Objective.Measure;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Method;
import convoy.driver.sweep.SweepSpec.Stopping;
import convoy.driver.sweep.SweepSpec.Stopping.Rule;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a sweep's specification; all that is wrong with it is reported at once, by line. */
public final class SpecReader {
  private static final List<String> KEYS =
      List.of(
          "data",
          "model",
          "train",
          "search",
          "method",
          "stopping",
          "budget",
          "objective",
          "seed",
          "repeats",
          "failures");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})([smh])");
  private static final int MOST_REPEATS = 100;

  private final AcceptedOptions options;
  private final TrainOptionNames names;

  /** A reader that asks what {@code train} accepts. */
  public SpecReader(AcceptedOptions options) {
    this.options = options;
    this.names = new TrainOptionNames(options);
  }

  /**
   * Reads a specification.
   *
   * @param fileName for messages
   * @throws CommandLineException that lists everything that is wrong
   */
  public SweepSpec read(String fileName, String text) {
    Mistakes mistakes = new Mistakes(fileName);
    Optional<SpecNode> document = SpecNode.document(text, mistakes);
    mistakes.throwAny();
    SpecNode root = document.orElseThrow();
    Map<String, SpecNode> entries = root.entries(KEYS);
    if (!root.isMap()) {
      mistakes.throwAny();
    }
    SweepSpec spec = spec(root, entries);
    mistakes.throwAny();
    return spec;
  }

  /** Has no meaning where there are mistakes. */
  private SweepSpec spec(SpecNode root, Map<String, SpecNode> entries) {
    Optional<String> data = required(root, entries, "data").flatMap(SpecNode::text);
    SearchSection section = new SearchSection(options);
    Map<String, Object> fixed = fixed(root, entries, section);
    searched(root, entries, section, fixed);
    Space space = section.space();
    Method method =
        optional(entries, "method").flatMap(n -> n.constant(Method.values())).orElse(Method.TPE);
    Budget budget = budget(root, entries, method, space);
    return new SweepSpec(
        data.orElse(""),
        fixed,
        space,
        method,
        optional(entries, "stopping")
            .map(node -> stopping(node, fixed.get("epochs")))
            .orElse(new Stopping(Rule.NONE, 1, 0, 0)),
        budget,
        optional(entries, "objective")
            .map(SpecReader::objective)
            .orElse(new Objective(Measure.ACCURACY, 0)),
        optional(entries, "seed")
            .flatMap(node -> node.whole(Long.MIN_VALUE, Long.MAX_VALUE))
            .orElse(1L),
        optional(entries, "repeats")
            .flatMap(node -> node.whole(0, MOST_REPEATS))
            .map(Math::toIntExact)
            .orElse(3),
        optional(entries, "failures").flatMap(node -> node.number(0, 1)).orElse(0.5));
  }

  private static Optional<SpecNode> optional(Map<String, SpecNode> entries, String key) {
    return Optional.ofNullable(entries.get(key));
  }

  private static Optional<SpecNode> required(
      SpecNode parent, Map<String, SpecNode> entries, String key) {
    if (!entries.containsKey(key)) {
      parent.refuse(key + " is missing");
    }
    return optional(entries, key);
  }

  /** The options that all trials share; a list of networks goes to what is searched. */
  private Map<String, Object> fixed(
      SpecNode root, Map<String, SpecNode> entries, SearchSection section) {
    Map<String, Object> fixed = new LinkedHashMap<>();
    required(root, entries, TrainOptionNames.MODEL)
        .ifPresent(
            model -> {
              if (model.isList()) {
                section.networks(model);
              } else {
                fix(TrainOptionNames.MODEL, model, fixed);
              }
            });
    Map<String, SpecNode> shared =
        optional(entries, "train").map(SpecNode::entries).orElse(Map.of());
    if (!shared.containsKey("epochs")) {
      optional(entries, "train")
          .orElse(root)
          .refuse("epochs are missing: say how many a whole trial takes by train: {epochs: N}");
    }
    shared.forEach(
        (name, node) ->
            names.fixedRefusal(name).ifPresentOrElse(node::refuse, () -> fix(name, node, fixed)));
    return fixed;
  }

  private static void searched(
      SpecNode root,
      Map<String, SpecNode> entries,
      SearchSection section,
      Map<String, Object> fixed) {
    boolean networks =
        optional(entries, TrainOptionNames.MODEL).map(SpecNode::isList).orElse(false);
    optional(entries, "search")
        .or(() -> networks ? Optional.empty() : required(root, entries, "search"))
        .ifPresent(
            search -> {
              section.settings(search, fixed.keySet());
              if (!networks && search.isMap() && search.entries().isEmpty()) {
                search.refuse("names no setting");
              }
            });
  }

  private void fix(String name, SpecNode node, Map<String, Object> fixed) {
    Optional<Object> value =
        switch (name) {
          // Trials are scored by held-out images, after each of their epochs.
          case "epochs", "validation" -> node.whole(1, Integer.MAX_VALUE).map(Object.class::cast);
          default -> node.value();
        };
    value.ifPresent(
        found -> {
          options.refusal(name, found).ifPresent(node::refuse);
          fixed.put(name, found);
        });
  }

  private static Stopping stopping(SpecNode node, Object epochs) {
    if (!node.isMap()) {
      Rule rule = node.constant(Rule.values()).orElse(Rule.NONE);
      return stopping(rule, Map.of());
    }
    Map<String, SpecNode> entries = node.entries(List.of("rule", "first", "factor", "trials"));
    Optional<Rule> rule =
        required(node, entries, "rule").flatMap(each -> each.constant(Rule.values()));
    if (rule.isEmpty()) {
      return stopping(Rule.NONE, Map.of());
    }
    List<String> known =
        switch (rule.get()) {
          case NONE -> List.of("rule");
          case HALVING -> List.of("rule", "first", "factor");
          case MEDIAN -> List.of("rule", "first", "trials");
        };
    entries.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            entry.refuse("is not for the rule " + SpecNode.word(rule.get()));
          }
        });
    Stopping stopping = stopping(rule.get(), entries);
    if (entries.containsKey("first") && epochs instanceof Long all && stopping.first() >= all) {
      entries
          .get("first")
          .refuse(
              "must be below the %d epochs of a trial, got %d".formatted(all, stopping.first()));
    }
    return stopping;
  }

  private static Stopping stopping(Rule rule, Map<String, SpecNode> entries) {
    Optional<Integer> first = optional(entries, "first").flatMap(node -> node.count(1));
    return switch (rule) {
      case NONE -> new Stopping(rule, 1, 0, 0);
      case HALVING ->
          new Stopping(
              rule,
              first.orElse(1),
              optional(entries, "factor").flatMap(node -> node.count(2)).orElse(3),
              0);
      case MEDIAN ->
          new Stopping(
              rule,
              first.orElse(2),
              0,
              optional(entries, "trials").flatMap(node -> node.count(1)).orElse(5));
    };
  }

  private static Budget budget(
      SpecNode root, Map<String, SpecNode> entries, Method method, Space space) {
    Optional<SpecNode> node = required(root, entries, "budget");
    Map<String, SpecNode> parts =
        node.map(each -> each.entries(List.of("trials", "time"))).orElse(Map.of());
    Optional<Duration> time = optional(parts, "time").flatMap(SpecReader::time);
    Optional<SpecNode> trials =
        node.filter(SpecNode::isMap).flatMap(each -> required(each, parts, "trials"));
    Optional<Integer> number = trials.flatMap(each -> each.count(1));
    if (number.isPresent() && method == Method.GRID) {
      try {
        Search.grid(space, number.get());
      } catch (IllegalArgumentException e) {
        trials.get().refuse(e.getMessage());
      }
    }
    return new Budget(number.orElse(1), time);
  }

  private static Optional<Duration> time(SpecNode node) {
    Optional<String> text = node.text();
    Matcher matcher = TIME.matcher(text.orElse("1s"));
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      node.refuse("must be a time such as 90s, 55m or 2h, got " + text.orElseThrow());
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        });
  }

  private static Objective objective(SpecNode node) {
    if (!node.isMap()) {
      return new Objective(node.constant(Measure.values()).orElse(Measure.ACCURACY), 0);
    }
    Map<String, SpecNode> entries = node.entries(List.of("measure", "cost-weight"));
    Measure measure =
        optional(entries, "measure")
            .flatMap(each -> each.constant(Measure.values()))
            .orElse(Measure.ACCURACY);
    double weight = optional(entries, "cost-weight").flatMap(each -> each.number(0, 1)).orElse(0.0);
    if (measure == Measure.LOSS && weight > 0) {
      entries.get("cost-weight").refuse("is for the measure accuracy, got loss");
    }
    return new Objective(measure, weight);
  }
}
