package convoy.driver.report;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A searched setting as a line from 0 to 1.
 *
 * @param conditional whether points may lack it
 * @param ticks by place
 */
record Axis(String name, boolean conditional, List<Tick> ticks) {
  /** Labels nearer than this would touch. */
  private static final double APART = 0.19;

  /** A value to write on the line. */
  record Tick(double unit, String label) {}

  static Axis of(Setting setting) {
    return new Axis(setting.name(), setting.when().isPresent(), ticks(setting.range()));
  }

  private static List<Tick> ticks(Range range) {
    if (range instanceof Range.Continuous of) {
      return numbers(range, of.low(), of.high(), of.log(), 0);
    }
    if (range instanceof Range.Whole of) {
      return numbers(range, (double) of.low(), (double) of.high(), of.log(), 1);
    }
    return ((Range.Choice) range)
        .values().stream().map(value -> new Tick(range.unit(value), label(value))).toList();
  }

  /** Both ends, and as many round numbers between them as have space. */
  private static List<Tick> numbers(
      Range range, double low, double high, boolean log, double leastStep) {
    List<Tick> ticks = new ArrayList<>();
    ticks.add(new Tick(range.unit(low), label(low)));
    ticks.add(new Tick(range.unit(high), label(high)));
    for (double value : log ? powers(low, high) : steps(low, high, leastStep)) {
      double unit = range.unit(value);
      if (ticks.stream().allMatch(tick -> Math.abs(tick.unit - unit) >= APART)) {
        ticks.add(new Tick(unit, label(value)));
      }
    }
    ticks.sort(Comparator.comparingDouble(Tick::unit));
    return List.copyOf(ticks);
  }

  /** Powers of ten first, as they are roundest. */
  private static List<Double> powers(double low, double high) {
    List<Double> values = new ArrayList<>();
    for (double times : new double[] {1, 3}) {
      for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
        double value = Double.parseDouble("%.0fe%d".formatted(times, power));
        if (value > low && value < high) {
          values.add(value);
        }
      }
    }
    return values;
  }

  private static List<Double> steps(double low, double high, double leastStep) {
    double rough = (high - low) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double times = rough / power;
    double step =
        Math.max(leastStep, (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10) * power);
    List<Double> values = new ArrayList<>();
    for (double of = Math.ceil(low / step); of * step < high; of++) {
      values.add(of * step);
    }
    return values;
  }

  /** Four digits of a number, any other value as it is. */
  private static String label(Object value) {
    if (!(value instanceof Double number)) {
      return String.valueOf(value);
    }
    BigDecimal rounded = new BigDecimal(number).round(new MathContext(4)).stripTrailingZeros();
    double size = Math.abs(number);
    return size == 0 || (size >= 1e-4 && size < 1e6)
        ? rounded.toPlainString()
        : rounded
            .unscaledValue()
            .toString()
            .replaceFirst("^(-?\\d)(\\d+)$", "$1.$2")
            .concat("e" + (rounded.precision() - rounded.scale() - 1));
  }
}
