package convoy.driver.search;

import java.util.List;

/**
 * The values that a setting may take, laid out on the unit interval.
 *
 * <p>{@link #at} and {@link #unit} undo each other: {@code unit(at(u))} is the middle of the
 * stretch of the interval that becomes the same value as {@code u}.
 */
public sealed interface Range permits Range.Continuous, Range.Whole, Range.Choice {
  /**
   * The value at a place of the unit interval.
   *
   * @param unit from 0 to 1
   */
  Object at(double unit);

  /** Where a value lies, from 0 to 1. */
  double unit(Object value);

  /**
   * Numbers between two bounds, both included.
   *
   * @param log whether every factor, rather than every difference, counts alike
   */
  record Continuous(double low, double high, boolean log) implements Range {
    /** Refuses bounds that hold nothing between them. */
    public Continuous {
      if (!(low < high) || !Double.isFinite(high - low) || (log && !(low > 0))) {
        throw new IllegalArgumentException("no numbers from %s to %s".formatted(low, high));
      }
    }

    @Override
    public Object at(double unit) {
      double value =
          log
              ? Math.exp(Math.log(low) + unit * (Math.log(high) - Math.log(low)))
              : low + unit * (high - low);
      return Math.min(high, Math.max(low, value));
    }

    @Override
    public double unit(Object value) {
      double number = ((Number) value).doubleValue();
      double unit =
          log
              ? (Math.log(number) - Math.log(low)) / (Math.log(high) - Math.log(low))
              : (number - low) / (high - low);
      return Math.min(1, Math.max(0, unit));
    }
  }

  /**
   * Whole numbers between two bounds, both included; each has a stretch of its own.
   *
   * @param log whether every factor, rather than every difference, counts alike
   */
  record Whole(long low, long high, boolean log) implements Range {
    /** Refuses bounds that hold nothing between them. */
    public Whole {
      if (low >= high || (log && low < 1)) {
        throw new IllegalArgumentException("no whole numbers from %d to %d".formatted(low, high));
      }
    }

    @Override
    public Object at(double unit) {
      double place = from() + unit * (to() - from());
      long value = Math.round(log ? Math.exp(place) : place);
      return Math.min(high, Math.max(low, value));
    }

    @Override
    public double unit(Object value) {
      double number = ((Number) value).doubleValue();
      double below = Math.max(from(), log ? Math.log(number - 0.5) : number - 0.5);
      double above = Math.min(to(), log ? Math.log(number + 0.5) : number + 0.5);
      return Math.min(1, Math.max(0, ((below + above) / 2 - from()) / (to() - from())));
    }

    /** Half a step below the lowest, so that it has as much of the interval as the others. */
    private double from() {
      return log ? Math.log(low - 0.5) : low - 0.5;
    }

    private double to() {
      return log ? Math.log(high + 0.5) : high + 0.5;
    }
  }

  /** One of several values without an order. */
  record Choice(List<Object> values) implements Range {
    /** Keeps a copy; refuses a single value. */
    public Choice {
      values = List.copyOf(values);
      if (values.size() < 2) {
        throw new IllegalArgumentException("a choice needs two values, got " + values);
      }
    }

    @Override
    public Object at(double unit) {
      return values.get(Math.min(values.size() - 1, (int) (unit * values.size())));
    }

    @Override
    public double unit(Object value) {
      return (values.indexOf(value) + 0.5) / values.size();
    }
  }
}
