package convoy.driver.sweep;

import convoy.driver.search.Point;
import convoy.driver.search.Range;
import convoy.driver.search.Search;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What the scores seen let one expect of every point of a space, by a {@link Forest}; and from
 * that, which settings matter.
 *
 * <p>Means over the space are taken over points drawn from it. A setting whose condition does not
 * hold lies at a place of its own, below all its values.
 */
public final class Surrogate {
  /** Fewer scores say too little. */
  public static final int LEAST = 8;

  /** Points that a mean is taken over. */
  private static final int DRAWN = 256;

  /** Places of a range at which means are taken for its importance. */
  private static final int PLACES = 24;

  private static final double ABSENT = -1;

  /** In a point of which only some settings are held. */
  private static final double FREE = Double.NaN;

  private final Space space;
  private final Forest forest;

  /** Units, one for each setting. */
  private final List<double[]> drawn;

  private Surrogate(Space space, Forest forest, List<double[]> drawn) {
    this.space = space;
    this.forest = forest;
    this.drawn = drawn;
  }

  /**
   * The mean score by two settings, over what the others may be.
   *
   * @param x name of the setting along a row
   * @param y name of the setting that tells rows apart
   * @param means row by row, both settings from low to high and evenly spaced on the unit interval;
   *     null where the two never count together
   */
  public record Contour(String x, String y, List<List<Double>> means) {}

  /**
   * Learns from what was seen; the same for the same seed.
   *
   * @param seen those without a finite score are left out
   * @return nothing where fewer than {@link #LEAST} are left
   */
  public static Optional<Surrogate> of(Space space, List<Search.Observed> seen, long seed) {
    List<Search.Observed> scored =
        seen.stream().filter(one -> Double.isFinite(one.score())).toList();
    if (scored.size() < LEAST || space.dimensions() == 0) {
      return Optional.empty();
    }
    Forest forest =
        Forest.of(
            scored.stream().map(one -> laidOut(space, one.point())).toList(),
            scored.stream().map(Search.Observed::score).toList(),
            seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<double[]> drawn = new ArrayList<>();
    for (int i = 0; i < DRAWN; i++) {
      drawn.add(random.doubles(space.dimensions()).toArray());
    }
    return Optional.of(new Surrogate(space, forest, drawn));
  }

  /** What trials have shown, as {@link #of} takes it; those without a score are left out. */
  public static List<Search.Observed> seen(List<SweepResult.TrialResult> trials) {
    return trials.stream()
        .filter(trial -> trial.score() != null && Double.isFinite(trial.score()))
        .map(trial -> new Search.Observed(new Point(trial.point()), trial.score()))
        .toList();
  }

  /**
   * Each setting's share of the scores' variance over the space that it explains by itself, the
   * largest first: the main effects of functional analysis of variance (Hutter et al. 2014, "An
   * Efficient Approach for Assessing Hyperparameter Importance", section 3), here of the forest's
   * mean. A setting that counts only under a condition explains variance only where it does.
   */
  public List<SweepResult.Importance> importance() {
    double total = variance(drawn.stream().map(this::expected).toList());
    List<SweepResult.Importance> shares = new ArrayList<>();
    for (int i = 0; i < space.dimensions(); i++) {
      double share = total > 0 ? Math.min(1, effect(i) / total) : 0;
      shares.add(new SweepResult.Importance(space.settings().get(i).name(), share));
    }
    shares.sort(Comparator.comparingDouble(SweepResult.Importance::share).reversed());
    return List.copyOf(shares);
  }

  /**
   * The mean score by two settings.
   *
   * @param places of a range, evenly spaced; a choice has as many as values
   * @throws IllegalArgumentException if the space has no such setting
   */
  public Contour contour(String x, String y, int places) {
    int column = index(x);
    int row = index(y);
    List<List<Double>> means = new ArrayList<>();
    for (double up : units(row, places)) {
      List<Double> line = new ArrayList<>();
      for (double right : units(column, places)) {
        double[] held = free();
        held[row] = up;
        held[column] = right;
        Mean mean = mean(held);
        line.add(mean.count == 0 ? null : mean.value);
      }
      means.add(Collections.unmodifiableList(line));
    }
    return new Contour(x, y, Collections.unmodifiableList(means));
  }

  /** The variance that a setting explains by itself. */
  private double effect(int setting) {
    List<Double> means = new ArrayList<>();
    double counts = 0;
    for (double unit : units(setting, PLACES)) {
      double[] held = free();
      held[setting] = unit;
      Mean mean = mean(held);
      counts = mean.count / (double) DRAWN;
      means.add(mean.value);
    }
    return counts * variance(means);
  }

  /** A mean over drawn points, of those at which the held settings count. */
  private record Mean(double value, int count) {}

  private Mean mean(double[] held) {
    double sum = 0;
    int count = 0;
    double[] units = new double[held.length];
    for (double[] each : drawn) {
      for (int i = 0; i < held.length; i++) {
        units[i] = Double.isNaN(held[i]) ? each[i] : held[i];
      }
      double[] point = laidOut(space, space.at(units));
      if (counts(held, point)) {
        sum += forest.at(point);
        count++;
      }
    }
    return new Mean(count == 0 ? 0 : sum / count, count);
  }

  private static boolean counts(double[] held, double[] point) {
    for (int i = 0; i < held.length; i++) {
      if (!Double.isNaN(held[i]) && point[i] == ABSENT) {
        return false;
      }
    }
    return true;
  }

  private double expected(double[] units) {
    return forest.at(laidOut(space, space.at(units)));
  }

  private double[] free() {
    double[] held = new double[space.dimensions()];
    Arrays.fill(held, FREE);
    return held;
  }

  private int index(String name) {
    for (int i = 0; i < space.dimensions(); i++) {
      if (space.settings().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no setting %s is searched".formatted(name));
  }

  /** Middles of equal stretches of the unit interval. */
  private double[] units(int setting, int places) {
    Range range = space.settings().get(setting).range();
    int count = range instanceof Range.Choice choice ? choice.values().size() : places;
    double[] units = new double[count];
    for (int i = 0; i < count; i++) {
      units[i] = (i + 0.5) / count;
    }
    return units;
  }

  private static double[] laidOut(Space space, Point point) {
    double[] units = new double[space.dimensions()];
    for (int i = 0; i < units.length; i++) {
      Setting setting = space.settings().get(i);
      Object value = point.values().get(setting.name());
      units[i] = value == null ? ABSENT : setting.range().unit(value);
    }
    return units;
  }

  private static double variance(List<Double> values) {
    double mean = values.stream().mapToDouble(value -> value).average().orElse(0);
    return values.stream()
        .mapToDouble(value -> (value - mean) * (value - mean))
        .average()
        .orElse(0);
  }
}
