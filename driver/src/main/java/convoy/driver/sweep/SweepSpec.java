package convoy.driver.sweep;

import convoy.driver.search.Search;
import convoy.driver.search.Space;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a sweep is to do; {@link SpecReader} reads it from YAML.
 *
 * @param data as {@code --data} of {@code train} has it
 * @param fixed options of {@code train} that all trials share, {@code model} among them unless it
 *     is searched: {@link Double}, {@link Long}, {@link Boolean} or {@link String} by name
 * @param seed of the search, and of every trial's training
 * @param repeats seeds by which the best two are trained at the end, beside their first; 0 for none
 * @param mostFailures share of trials, of at least five, that may fail before the sweep gives up
 */
public record SweepSpec(
    String data,
    Map<String, Object> fixed,
    Space space,
    Method method,
    Stopping stopping,
    Budget budget,
    Objective objective,
    long seed,
    int repeats,
    double mostFailures) {
  /** Keeps a copy. */
  public SweepSpec {
    fixed = Collections.unmodifiableMap(new LinkedHashMap<>(fixed));
  }

  /** Passes over the training images of a whole trial. */
  public int epochs() {
    return ((Number) fixed.get("epochs")).intValue();
  }

  /** Proposes the points of trials. */
  public Search search() {
    return switch (method) {
      case GRID -> Search.grid(space, budget.trials());
      case RANDOM -> Search.random(space, seed);
      case SOBOL -> Search.sobol(space, seed);
      case TPE -> Search.tpe(space, seed);
    };
  }

  /** Trials that a search will have, if nothing stops it before. */
  public int mostTrials() {
    return search().most(budget.trials());
  }

  /** In the form of its file, with everything that the file may leave out. */
  public Map<String, Object> asMap() {
    return SpecMap.of(this);
  }

  /** How points are chosen. */
  public enum Method {
    GRID,
    RANDOM,
    SOBOL,
    TPE
  }

  /**
   * How bad trials are stopped.
   *
   * @param first epochs before the first decision, at least 1
   * @param factor of halving: one of so many goes on, at least 2; of the others 0
   * @param trials of the median rule: how many must have come as far before it judges; of the
   *     others 0
   */
  public record Stopping(Rule rule, int first, int factor, int trials) {
    /** By which rule. */
    public enum Rule {
      NONE,
      HALVING,
      MEDIAN
    }
  }

  /**
   * When a search ends.
   *
   * @param trials most
   * @param time of the search, without the repeats of the best; empty for no bound
   */
  public record Budget(int trials, Optional<Duration> time) {}
}
