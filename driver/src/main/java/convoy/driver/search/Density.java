package convoy.driver.search;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.special.Erf;

/** Where some values of one setting lie on its unit interval. */
interface Density {
  /** A place drawn from it, from 0 to 1. */
  double sample(SplittableRandom random);

  /** How dense it is at a place. */
  double at(double unit);

  /** The density of values of a range, none of them included. */
  static Density of(Range range, List<Object> values) {
    double[] units = values.stream().mapToDouble(range::unit).toArray();
    return range instanceof Range.Choice choice
        ? new Shares(choice.values().size(), units)
        : new Parzen(units);
  }

  /** Counts of a choice's values, each one more than seen, as in Hyperopt. */
  final class Shares implements Density {
    private final double[] shares;

    private Shares(int values, double[] units) {
      shares = new double[values];
      double share = 1.0 / (units.length + values);
      Arrays.fill(shares, share);
      for (double unit : units) {
        shares[index(unit)] += share;
      }
    }

    @Override
    public double sample(SplittableRandom random) {
      double left = random.nextDouble();
      int value = 0;
      while (value < shares.length - 1 && left >= shares[value]) {
        left -= shares[value];
        value++;
      }
      return (value + 0.5) / shares.length;
    }

    @Override
    public double at(double unit) {
      return shares[index(unit)];
    }

    private int index(double unit) {
      return Math.min(shares.length - 1, (int) (unit * shares.length));
    }
  }

  /**
   * Equal parts of normal distributions around the values and, as the prior, around the middle with
   * a deviation of 1; all cut off at the interval's ends. A value's deviation is the distance to
   * the farther one of its two neighbours (Bergstra et al. 2011, section 4.2), but at least 1 part
   * in as many as there are distributions, up to a hundred, as in Hyperopt.
   */
  final class Parzen implements Density {
    private static final double MIDDLE = 0.5;

    private final double[] means;
    private final double[] deviations;

    private Parzen(double[] units) {
      means = Arrays.copyOf(units, units.length + 1);
      means[units.length] = MIDDLE;
      Arrays.sort(means);
      int prior = Arrays.binarySearch(means, MIDDLE);
      double least = 1.0 / Math.min(100, means.length + 1);
      deviations = new double[means.length];
      for (int i = 0; i < means.length; i++) {
        double below = i == 0 ? 0 : means[i] - means[i - 1];
        double above = i == means.length - 1 ? 0 : means[i + 1] - means[i];
        deviations[i] = i == prior ? 1 : Math.max(least, Math.max(below, above));
      }
    }

    @Override
    public double sample(SplittableRandom random) {
      int part = random.nextInt(means.length);
      // At least a third of each distribution lies within the interval.
      while (true) {
        double unit = means[part] + deviations[part] * random.nextGaussian();
        if (unit >= 0 && unit <= 1) {
          return unit;
        }
      }
    }

    @Override
    public double at(double unit) {
      double sum = 0;
      for (int i = 0; i < means.length; i++) {
        double distance = (unit - means[i]) / deviations[i];
        double within = below((1 - means[i]) / deviations[i]) - below(-means[i] / deviations[i]);
        sum += Math.exp(-0.5 * distance * distance) / (deviations[i] * within);
      }
      return sum / (means.length * Math.sqrt(2 * Math.PI));
    }

    /** Share of the standard normal distribution below a place. */
    private static double below(double place) {
      return 0.5 * (1 + Erf.erf(place / Math.sqrt(2)));
    }
  }
}
