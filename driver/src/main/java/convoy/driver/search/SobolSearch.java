package convoy.driver.search;

import convoy.driver.train.Seeds;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008), each dimension scrambled as in
 * Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences" (1995): whether a binary digit is
 * flipped follows from the seed and all digits before it. The first 2<sup>m</sup> points put one
 * into each of as many equal stretches of every setting.
 */
final class SobolSearch implements Search {
  private static final int DIGITS = 32;
  private static final double SCALE = 0x1p32;

  private final Space space;
  private final long seed;
  private final SobolSequenceGenerator sequence;

  SobolSearch(Space space, long seed) {
    this.space = space;
    this.seed = seed;
    this.sequence = new SobolSequenceGenerator(space.dimensions());
  }

  @Override
  public Optional<Point> point(int trial, List<Observed> seen) {
    return Optional.of(space.at(units(trial)));
  }

  /** A trial's place in the unit cube, from 0 to below 1 in each dimension. */
  double[] units(int trial) {
    double[] units;
    synchronized (sequence) {
      units = sequence.skipTo(trial);
    }
    for (int i = 0; i < units.length; i++) {
      // The middle of the stretch that the digits leave.
      units[i] = ((double) scrambled((long) (units[i] * SCALE), i) + 0.5) / SCALE;
    }
    return units;
  }

  private long scrambled(long digits, int dimension) {
    long result = digits;
    for (int place = 0; place < DIGITS; place++) {
      long before = digits >>> (DIGITS - place);
      long flip = Seeds.of(seed, dimension, place, before) & 1;
      result ^= flip << (DIGITS - 1 - place);
    }
    return result;
  }
}
