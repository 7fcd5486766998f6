package convoy.driver.sweep;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.sweep.SweepResult.Finalist;
import convoy.driver.sweep.SweepResult.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.TTest;

/** What the further seeds of the best two say, and where the best point lies. */
final class Conclusion {
  /** Share of a range, counted from its ends, in which a best point suggests to look beyond. */
  private static final double EDGE = 0.05;

  private static final double SIGNIFICANT = 0.05;

  private Conclusion() {}

  /** A trial and what it gave with other seeds; those that failed are left out. */
  static Finalist finalist(Trial trial, List<Trial> repeats, SweepSpec spec) {
    List<Double> scores =
        repeats.stream()
            .filter(repeat -> repeat.ref().number() == trial.ref().number())
            .filter(repeat -> repeat.state() == Trial.State.FINISHED)
            .map(repeat -> repeat.score(spec.objective()))
            .toList();
    double[] values = array(scores);
    return new Finalist(
        trial.ref().number(),
        trial.score(spec.objective()),
        scores,
        values.length == 0 ? trial.score(spec.objective()) : StatUtils.mean(values),
        values.length < 2 ? 0 : Math.sqrt(StatUtils.variance(values)));
  }

  /**
   * Whether the best beats the runner-up. Only further seeds count: the first one is why the best
   * is the best, and flatters it.
   *
   * @param failures further seeds that failed
   */
  static Optional<Verdict> verdict(List<Finalist> finalists, long failures) {
    if (finalists.size() < 2) {
      return Optional.empty();
    }
    Finalist best = finalists.get(0);
    Finalist other = finalists.get(1);
    String failed = failures == 0 ? "" : " %d further seeds failed.".formatted(failures);
    if (best.scores().size() < 2 || other.scores().size() < 2) {
      return Optional.of(
          new Verdict(
              false,
              null,
              null,
              "Trial %d is ahead of trial %d; whether by more than noise takes two further seeds of each that finish, or more.%s"
                  .formatted(best.number(), other.number(), failed)));
    }
    double difference = best.mean() - other.mean();
    OptionalDouble p = p(array(best.scores()), array(other.scores()));
    boolean beyond = p.isPresent() && p.getAsDouble() < SIGNIFICANT;
    String words =
        String.format(
            Locale.ROOT,
            "Over %d and %d further seeds trial %d has a mean of %.4f and trial %d of %.4f: %s (difference %+.4f, %s).%s",
            best.scores().size(),
            other.scores().size(),
            best.number(),
            best.mean(),
            other.number(),
            other.mean(),
            words(beyond, difference),
            difference,
            p.isPresent()
                ? String.format(Locale.ROOT, "Welch's t-test p = %.2g", p.getAsDouble())
                : "no test: the seeds of each do not differ",
            failed);
    return Optional.of(
        new Verdict(beyond, difference, p.isPresent() ? p.getAsDouble() : null, words));
  }

  private static String words(boolean beyond, double difference) {
    if (!beyond) {
      return "a difference within noise";
    }
    return difference > 0
        ? "the best trial is better, beyond noise"
        : "the runner-up is better, beyond noise";
  }

  /** Nothing where neither varies: so coarse a figure tells nothing of its noise. */
  private static OptionalDouble p(double[] best, double[] other) {
    return StatUtils.variance(best) + StatUtils.variance(other) == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(new TTest().tTest(best, other));
  }

  /**
   * Settings whose best value lies at an end of its range, where {@code train} takes values beyond
   * it.
   */
  static List<String> boundaries(SweepSpec spec, Trial best, AcceptedOptions options) {
    List<String> warnings = new ArrayList<>();
    for (Setting setting : spec.space().settings()) {
      Object value = best.ref().point().values().get(setting.name());
      if (value != null) {
        end(setting, value, options)
            .ifPresent(
                end ->
                    warnings.add(
                        "%s = %s lies at the %s end of its range: a better value may lie beyond."
                            .formatted(setting.name(), value, end)));
      }
    }
    return warnings;
  }

  private static Optional<String> end(Setting setting, Object value, AcceptedOptions options) {
    Range range = setting.range();
    double unit = range.unit(value);
    Object below;
    Object above;
    double lowest = EDGE;
    double highest = 1 - EDGE;
    if (range instanceof Range.Whole whole) {
      below = whole.low() - 1;
      above = whole.high() + 1;
      lowest = Math.max(EDGE, range.unit(whole.low()));
      highest = Math.min(1 - EDGE, range.unit(whole.high()));
    } else if (range instanceof Range.Continuous numbers) {
      double step = (numbers.high() - numbers.low()) / 100;
      below = numbers.log() ? numbers.low() / 1.01 : numbers.low() - step;
      above = numbers.log() ? numbers.high() * 1.01 : numbers.high() + step;
    } else {
      return Optional.empty();
    }
    if (unit <= lowest && options.refusal(setting.name(), below).isEmpty()) {
      return Optional.of("lower");
    }
    return unit >= highest && options.refusal(setting.name(), above).isEmpty()
        ? Optional.of("upper")
        : Optional.empty();
  }

  private static double[] array(List<Double> values) {
    return values.stream().flatMapToDouble(DoubleStream::of).toArray();
  }
}
