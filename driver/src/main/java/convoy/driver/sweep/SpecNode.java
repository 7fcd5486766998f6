package convoy.driver.sweep;

import convoy.model.zoo.NearestName;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A part of a YAML file that knows its name and its line. What it is asked for and does not hold is
 * added to the file's mistakes, and missing from the answer.
 */
final class SpecNode {
  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,18}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private final Node node;
  private final int line;
  private final String name;
  private final Mistakes mistakes;

  /** What {@link #entries()} has read; null before. */
  private Map<String, SpecNode> entries;

  private SpecNode(Node node, int line, String name, Mistakes mistakes) {
    this.node = node;
    this.line = line;
    this.name = name;
    this.mistakes = mistakes;
  }

  /** A whole file; tags and anchors name nothing that would be built. */
  static Optional<SpecNode> document(String text, Mistakes mistakes) {
    try {
      Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
      if (node == null) {
        mistakes.add(1, "the file is empty");
      }
      return Optional.ofNullable(node).map(n -> new SpecNode(n, line(n), "", mistakes));
    } catch (MarkedYAMLException e) {
      mistakes.add(
          e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1,
          "not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      mistakes.add(1, "not YAML: " + e.getMessage().lines().findFirst().orElse(""));
    }
    return Optional.empty();
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  /** The same under another's name. */
  SpecNode named(SpecNode other) {
    return new SpecNode(node, line, other.name, mistakes);
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  /** Adds a mistake. */
  void refuse(String words) {
    mistakes.add(line, name.isEmpty() ? words : name + ": " + words);
  }

  /** What stands under each key. */
  Map<String, SpecNode> entries() {
    if (entries == null) {
      entries = Collections.unmodifiableMap(readEntries());
    }
    return entries;
  }

  /** What stands under each of the known keys; others are refused. */
  Map<String, SpecNode> entries(List<String> known) {
    Map<String, SpecNode> right = new LinkedHashMap<>(entries());
    right.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            entry.refuse("unknown. Did you mean %s?".formatted(NearestName.of(key, known)));
          }
        });
    right.keySet().retainAll(known);
    return right;
  }

  private Map<String, SpecNode> readEntries() {
    Map<String, SpecNode> all = new LinkedHashMap<>();
    if (!(node instanceof MappingNode map)) {
      refuse("must be a map of names to values");
      return all;
    }
    for (NodeTuple tuple : map.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      SpecNode entry =
          new SpecNode(
              tuple.getValueNode(),
              line(tuple.getKeyNode()),
              name.isEmpty() ? key : name + "." + key,
              mistakes);
      if (all.putIfAbsent(key, entry) != null) {
        entry.refuse("is given twice");
      }
    }
    return all;
  }

  /** A list's members, each under the list's own name; of anything else itself. */
  List<SpecNode> items() {
    if (!(node instanceof SequenceNode sequence)) {
      return List.of(this);
    }
    List<SpecNode> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      // An alias stands elsewhere in the file than what it repeats.
      items.add(new SpecNode(item, Math.max(line, line(item)), name, mistakes));
    }
    return items;
  }

  /** A {@link Long}, {@link Double}, {@link Boolean} or {@link String}. */
  Optional<Object> value() {
    Optional<String> text = text();
    if (text.isEmpty() || ((ScalarNode) node).getScalarStyle() != ScalarStyle.PLAIN) {
      return text.map(word -> word);
    }
    String word = text.get();
    if (WHOLE.matcher(word).matches()) {
      return Optional.of(Long.valueOf(word));
    }
    if (NUMBER.matcher(word).matches()) {
      double number = Double.parseDouble(word);
      if (Double.isInfinite(number)) {
        refuse("is too great a number, got " + word);
        return Optional.empty();
      }
      return Optional.of(number);
    }
    return Optional.of(word.equals("true") || word.equals("false") ? Boolean.valueOf(word) : word);
  }

  /** A value as it is written. */
  Optional<String> text() {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
      return Optional.of(scalar.getValue());
    }
    refuse(node instanceof ScalarNode ? "needs a value" : "must be a single value");
    return Optional.empty();
  }

  /** A whole number. */
  Optional<Long> whole(long least, long most) {
    Optional<Object> value = value();
    if (value.isPresent()
        && !(value.get() instanceof Long number && number >= least && number <= most)) {
      String from = least == Long.MIN_VALUE ? "" : " from " + least;
      String to = most >= Integer.MAX_VALUE ? "" : " to " + most;
      refuse("must be a whole number%s%s, got %s".formatted(from, to, value.get()));
      return Optional.empty();
    }
    return value.map(Long.class::cast);
  }

  /** A whole number that is not too great for the type. */
  Optional<Integer> count(int least) {
    return whole(least, Integer.MAX_VALUE).map(Math::toIntExact);
  }

  /** A number. */
  Optional<Double> number(double least, double most) {
    Optional<Object> value = value();
    if (value.isPresent()
        && !(value.get() instanceof Number number
            && number.doubleValue() >= least
            && number.doubleValue() <= most)) {
      refuse("must be a number from %s to %s, got %s".formatted(least, most, value.get()));
      return Optional.empty();
    }
    return value.map(number -> ((Number) number).doubleValue());
  }

  /** One of an enum's constants, in lower case. */
  <E extends Enum<E>> Optional<E> constant(E[] constants) {
    Optional<String> text = text();
    Optional<E> found =
        text.flatMap(
            word -> Arrays.stream(constants).filter(c -> word(c).equals(word)).findFirst());
    if (text.isPresent() && found.isEmpty()) {
      refuse(
          "must be one of %s, got '%s'"
              .formatted(
                  Arrays.stream(constants).map(SpecNode::word).collect(Collectors.joining(", ")),
                  text.get()));
    }
    return found;
  }

  /** As a file spells a constant. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
