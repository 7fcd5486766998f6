package convoy.driver.cli;

import convoy.driver.CommandLineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must hold of a result for a pipeline to go on: {@code --require "accuracy>=0.99"}.
 *
 * @param figure by its name
 */
record Gate(String figure, Relation relation, double bound) {
  /** Exit status where a gate is not met. */
  static final int NOT_MET = 3;

  private static final Pattern FORM =
      Pattern.compile(
          "\\s*([a-z0-9_]+)\\s*(>=|<=|>|<)\\s*([-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\\s*");

  /** How a figure has to lie to the bound. */
  enum Relation {
    AT_LEAST(">="),
    AT_MOST("<="),
    ABOVE(">"),
    BELOW("<");

    private final String sign;

    Relation(String sign) {
      this.sign = sign;
    }

    static Relation of(String sign) {
      for (Relation relation : values()) {
        if (relation.sign.equals(sign)) {
          return relation;
        }
      }
      throw new IllegalArgumentException("no relation: " + sign);
    }

    boolean holds(double value, double bound) {
      return switch (this) {
        case AT_LEAST -> value >= bound;
        case AT_MOST -> value <= bound;
        case ABOVE -> value > bound;
        case BELOW -> value < bound;
      };
    }
  }

  /**
   * Reads gates.
   *
   * @param names of the figures that there are
   * @throws CommandLineException if any cannot be read or names no figure, telling of all of them
   */
  static List<Gate> all(List<String> texts, Set<String> names) {
    List<Gate> gates = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    for (String text : texts) {
      try {
        gates.add(one(text, names));
      } catch (IllegalArgumentException e) {
        mistakes.add("--require %s: %s".formatted(text, e.getMessage()));
      }
    }
    if (!mistakes.isEmpty()) {
      throw new CommandLineException(String.join(System.lineSeparator(), mistakes));
    }
    return gates;
  }

  private static Gate one(String text, Set<String> names) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a figure, one of >= <= > <, and a number, for example \"accuracy>=0.99\"");
    }
    if (!names.contains(matcher.group(1))) {
      throw new IllegalArgumentException(
          "there is no figure %s; there are %s"
              .formatted(matcher.group(1), String.join(", ", new TreeSet<>(names))));
    }
    return new Gate(
        matcher.group(1), Relation.of(matcher.group(2)), Double.parseDouble(matcher.group(3)));
  }

  /** Tells of every gate, and returns the exit status: 0 if all are met. */
  static <T> int check(
      List<Gate> gates, Map<String, ToDoubleFunction<T>> figures, T result, Console console) {
    int status = 0;
    for (Gate gate : gates) {
      double value = figures.get(gate.figure).applyAsDouble(result);
      boolean met = gate.relation.holds(value, gate.bound);
      console.line(
          "%s: %s is %s, required %s %s",
          met ? "met" : "NOT MET", gate.figure, value, gate.relation.sign, gate.bound);
      status = met ? status : NOT_MET;
    }
    return status;
  }
}
