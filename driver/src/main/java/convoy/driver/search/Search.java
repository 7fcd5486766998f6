package convoy.driver.search;

import java.util.List;
import java.util.Optional;

/** Proposes points, one trial after the other. */
public interface Search {
  /**
   * Every combination of the settings' values, the last setting's changing fastest; of ranges as
   * many levels as the trials allow.
   *
   * @throws IllegalArgumentException if two levels of each range are already more than the trials
   */
  static Search grid(Space space, int trials) {
    return new GridSearch(space, trials);
  }

  /** Points that have nothing to do with each other. */
  static Search random(Space space, long seed) {
    return new RandomSearch(space, seed);
  }

  /** Points that fill the space evenly. */
  static Search sobol(Space space, long seed) {
    return new SobolSearch(space, seed);
  }

  /** Points that look like the good ones so far and unlike the bad ones. */
  static Search tpe(Space space, long seed) {
    return new TpeSearch(space, seed);
  }

  /**
   * The point of a trial.
   *
   * @param trial from 0
   * @param seen what trials have shown so far, in the order of their numbers; only TPE looks at it
   * @return nothing where there are no more points
   */
  Optional<Point> point(int trial, List<Observed> seen);

  /**
   * How many points there are.
   *
   * @param trials that are wanted at most
   */
  default int most(int trials) {
    return trials;
  }

  /**
   * What a trial has shown.
   *
   * @param score the higher the better; negative infinity of a trial that failed
   */
  record Observed(Point point, double score) {
    /** Refuses what is no number. */
    public Observed {
      if (Double.isNaN(score)) {
        throw new IllegalArgumentException("a score must be a number");
      }
    }
  }
}
