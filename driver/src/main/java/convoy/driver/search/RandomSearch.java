package convoy.driver.search;

import convoy.driver.train.Seeds;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Independent points, each of which follows from the seed and its trial's number alone. */
final class RandomSearch implements Search {
  private final Space space;
  private final long seed;

  RandomSearch(Space space, long seed) {
    this.space = space;
    this.seed = seed;
  }

  @Override
  public Optional<Point> point(int trial, List<Observed> seen) {
    SplittableRandom random = new SplittableRandom(Seeds.of(seed, trial));
    double[] units = new double[space.dimensions()];
    for (int i = 0; i < units.length; i++) {
      units[i] = random.nextDouble();
    }
    return Optional.of(space.at(units));
  }
}
