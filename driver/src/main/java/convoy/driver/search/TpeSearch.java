package convoy.driver.search;

import convoy.driver.train.Seeds;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The tree-structured Parzen estimator of Bergstra et al., "Algorithms for Hyper-Parameter
 * Optimization" (2011), section 4.
 *
 * <p>Trials are split into the best 15 %, as in the paper, but at most 25, and the others; failed
 * ones are never among the best. Each setting, over the trials in which it counted, has one density
 * among the best and one among the others. Of 24 points drawn from the first densities, the one is
 * taken at which their product is the greatest multiple of the product of the second. Points
 * compete as a whole, since the best value of each setting by itself would hold on to the first
 * choice that did well. The first ten points are Sobol's.
 */
final class TpeSearch implements Search {
  private static final int STARTUP = 10;
  private static final double GOOD_SHARE = 0.15;
  private static final int MOST_GOOD = 25;
  private static final int CANDIDATES = 24;

  /** Times a point that was tried before is drawn again. */
  private static final int REDRAWS = 10;

  private final Space space;
  private final long seed;
  private final Search startup;

  TpeSearch(Space space, long seed) {
    this.space = space;
    this.seed = seed;
    this.startup = new SobolSearch(space, seed);
  }

  @Override
  public Optional<Point> point(int trial, List<Observed> seen) {
    if (seen.size() < STARTUP) {
      return startup.point(trial, seen);
    }
    List<Observed> ranked =
        seen.stream().sorted(Comparator.comparingDouble(Observed::score).reversed()).toList();
    int finished = (int) seen.stream().filter(o -> Double.isFinite(o.score())).count();
    int good = Math.min(finished, Math.min(MOST_GOOD, (int) Math.ceil(GOOD_SHARE * ranked.size())));
    List<Observed> best = ranked.subList(0, good);
    List<Observed> others = ranked.subList(good, ranked.size());
    SplittableRandom random = new SplittableRandom(Seeds.of(seed, trial));
    Candidates candidates = new Candidates(space, best, others);
    for (int i = 0; i <= REDRAWS; i++) {
      Point point = candidates.best(random);
      if (seen.stream().noneMatch(observed -> observed.point().equals(point))) {
        return Optional.of(point);
      }
    }
    return startup.point(trial, seen);
  }

  /** Draws points by the densities of settings, which are those of the space in its order. */
  private static final class Candidates {
    private final Space space;
    private final List<Density> good;
    private final List<Density> bad;

    Candidates(Space space, List<Observed> best, List<Observed> others) {
      this.space = space;
      this.good = space.settings().stream().map(setting -> density(setting, best)).toList();
      this.bad = space.settings().stream().map(setting -> density(setting, others)).toList();
    }

    Point best(SplittableRandom random) {
      Map<String, Object> best = Map.of();
      double greatest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < CANDIDATES; i++) {
        Map<String, Object> values = new LinkedHashMap<>();
        double ratio = draw(values, random);
        if (ratio > greatest) {
          greatest = ratio;
          best = values;
        }
      }
      return new Point(best);
    }

    /** Sets values; returns the logarithm of what they are worth. */
    private double draw(Map<String, Object> values, SplittableRandom random) {
      double ratio = 0;
      for (int i = 0; i < space.dimensions(); i++) {
        Setting setting = space.settings().get(i);
        if (Space.counts(setting, values)) {
          Object value = setting.range().at(good.get(i).sample(random));
          double unit = setting.range().unit(value);
          ratio += Math.log(good.get(i).at(unit)) - Math.log(bad.get(i).at(unit));
          values.put(setting.name(), value);
        }
      }
      return ratio;
    }

    private static Density density(Setting setting, List<Observed> trials) {
      return Density.of(
          setting.range(),
          trials.stream()
              .map(trial -> trial.point().values().get(setting.name()))
              .filter(Objects::nonNull)
              .toList());
    }
  }
}
