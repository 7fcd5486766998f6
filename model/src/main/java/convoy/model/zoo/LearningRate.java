package convoy.model.zoo;

import java.io.Serializable;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * The step size of a run.
 *
 * <p>DL4J has no cosine, its ramp cannot be written to JSON, and its cycle of odd length rises
 * where it should fall. So every schedule becomes DL4J's map from minibatch to rate: exactly where
 * the rate changes now and then, in a hundred level pieces of the run where it changes all the
 * time.
 *
 * @param value above 0
 * @param decay what a schedule that decays multiplies by, above 0 and at most 1
 * @param warmup minibatches over which the rate rises evenly from 0, at least 0
 * @param iterations minibatches of each worker in the whole run, at least 1
 * @param iterationsPerEpoch minibatches of each worker in an epoch, at least 1
 */
public record LearningRate(
    double value,
    Schedule schedule,
    double decay,
    int warmup,
    int iterations,
    int iterationsPerEpoch)
    implements Serializable {
  private static final int PIECES = 100;

  public LearningRate {
    Recipe.requireLearningRate(value);
    Objects.requireNonNull(schedule, "schedule");
    if (!(decay > 0 && decay <= 1)) {
      throw new IllegalArgumentException("decay must be above 0 and at most 1, got " + decay);
    }
    if (warmup < 0) {
      throw new IllegalArgumentException("warm-up must be at least 0, got " + warmup);
    }
    if (iterations < 1 || iterationsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "iterations must be at least 1, got %d, and %d an epoch"
              .formatted(iterations, iterationsPerEpoch));
    }
  }

  /** The same from the first minibatch to the last, however many. */
  public static LearningRate constant(double value) {
    return scheduled(value, Schedule.CONSTANT, 1, 1);
  }

  /** With the schedule's own decay and no warm-up. */
  public static LearningRate scheduled(
      double value, Schedule schedule, int iterations, int iterationsPerEpoch) {
    return new LearningRate(
        value, schedule, schedule.standardDecay(), 0, iterations, iterationsPerEpoch);
  }

  /** The rate of the minibatch after {@code iteration} others. */
  public double at(int iteration) {
    return rates().floorEntry(iteration).getValue();
  }

  /** The highest rate of the run. */
  public double highest() {
    return rates().values().stream().mapToDouble(r -> r).max().orElseThrow();
  }

  /** The minibatch that is the first to be fitted at less than the highest rate after it. */
  public int firstDecay() {
    double highest = highest();
    boolean reached = false;
    for (Map.Entry<Integer, Double> rate : rates().entrySet()) {
      if (reached && rate.getValue() < highest) {
        return rate.getKey();
      }
      reached |= rate.getValue() == highest;
    }
    return Integer.MAX_VALUE;
  }

  /** DL4J's updater of an optimizer that steps so. */
  IUpdater updater(Optimizer optimizer) {
    IUpdater updater = optimizer.updater(value);
    NavigableMap<Integer, Double> rates = rates();
    if (rates.size() > 1) {
      updater.setLrAndSchedule(value, new MapSchedule(ScheduleType.ITERATION, rates));
    }
    return updater;
  }

  /** The rate from each minibatch at which it changes. */
  private NavigableMap<Integer, Double> rates() {
    SortedSet<Integer> changes = changes();
    NavigableMap<Integer, Double> rates = new TreeMap<>();
    for (int from : changes) {
      SortedSet<Integer> later = changes.tailSet(from + 1);
      int to = later.isEmpty() ? Math.max(iterations, from + 1) : later.first();
      // Level pieces have the rate of their middle.
      double middle = (from + to - 1) / 2.0;
      double warm = from < warmup ? (middle + 1) / warmup : 1;
      double done = Math.min((schedule.isSmooth() ? middle : from) / iterations, 1);
      rates.put(from, value * warm * schedule.factor(done, from / iterationsPerEpoch, decay));
    }
    return rates;
  }

  private SortedSet<Integer> changes() {
    SortedSet<Integer> changes = new TreeSet<>();
    changes.add(0);
    for (int piece = 1; piece <= PIECES && warmup > 0; piece++) {
      changes.add((int) ((long) warmup * piece / PIECES));
    }
    switch (schedule) {
      case CONSTANT -> {}
      case STEP -> {
        changes.add((iterations + 1) / 2);
        changes.add((int) ((3L * iterations + 3) / 4));
      }
      case COSINE, ONE_CYCLE -> {
        for (int piece = 1; piece < PIECES; piece++) {
          changes.add((int) ((long) iterations * piece / PIECES));
        }
      }
      case EXPONENTIAL -> {
        for (long epoch = iterationsPerEpoch; epoch < iterations; epoch += iterationsPerEpoch) {
          changes.add((int) epoch);
        }
      }
    }
    return changes;
  }
}
