package convoy.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A line of the table.
 *
 * @param ours the value measured, as {@link Program} names it
 * @param against what {@code theirs} is; empty for a figure that is compared with nothing
 * @param theirs the value it is compared with, measured in the same turn
 * @param unit of both
 * @param lessIsBetter whether the ratio is theirs to ours, not ours to theirs
 */
record Row(
    String what,
    String ours,
    String against,
    String theirs,
    String unit,
    boolean lessIsBetter,
    String aim) {
  static final String HEADER =
      "| what | Convoy | compared with | its figure | ratio | aim |\n|---|---|---|---|---|---|\n";

  /** A figure alone. */
  static Row single(String what, String value, String unit, String aim) {
    return new Row(what, value, "", "", unit, false, aim);
  }

  /** Images per second. */
  static Row rates(String what, String ours, String against, String theirs, String aim) {
    return new Row(what, ours, against, theirs, "images/s", false, aim);
  }

  /** Seconds. */
  static Row times(String what, String ours, String against, String theirs, String aim) {
    return new Row(what, ours, against, theirs, "s", true, aim);
  }

  /** Medians over turns, and in brackets the lowest and the highest. */
  String of(List<Map<String, Double>> all) {
    List<Map<String, Double>> turns = all.stream().filter(turn -> turn.containsKey(ours)).toList();
    String own = "%s %s".formatted(spread(turns, turn -> turn.get(ours)), unit).strip();
    if (theirs.isEmpty()) {
      return "| %s | %s | | | | %s |%n".formatted(what, own, aim);
    }
    if (!turns.get(0).containsKey(theirs)) {
      return "| %s | %s | %s | not measured | | %s |%n".formatted(what, own, against, aim);
    }
    String other = "%s %s".formatted(spread(turns, turn -> turn.get(theirs)), unit);
    String ratio =
        spread(
            turns,
            turn ->
                lessIsBetter
                    ? turn.get(theirs) / turn.get(ours)
                    : turn.get(ours) / turn.get(theirs));
    return "| %s | %s | %s | %s | %s | %s |%n".formatted(what, own, against, other, ratio, aim);
  }

  private static String spread(
      List<Map<String, Double>> turns, ToDoubleFunction<Map<String, Double>> value) {
    double[] sorted = turns.stream().mapToDouble(value).sorted().toArray();
    // Of an even number the mean of the two in the middle.
    String median = number((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
    return sorted.length == 1
        ? median
        : "%s (%s–%s)".formatted(median, number(sorted[0]), number(sorted[sorted.length - 1]));
  }

  /** With about three digits. */
  private static String number(double value) {
    String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
