package convoy.driver.sweep;

import convoy.driver.search.Point;
import convoy.driver.sweep.SweepResult.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One trial as it stands. Changed by {@link Standings} alone. */
public final class Trial {
  private final Ref ref;
  private final Cost cost;
  private final List<EpochResult> epochs = new ArrayList<>();
  private State state = State.RUNNING;
  private String reason;
  private boolean toBeJudged;
  private boolean paused;

  Trial(Ref ref, Cost cost) {
    this.ref = ref;
    this.cost = cost;
  }

  /**
   * Which trial.
   *
   * @param directory of its run, relative to the sweep's; tells it from every other
   * @param number of the search's trial, from 1; a repeat has that of the trial it repeats
   * @param seed by which it trains
   */
  public record Ref(String directory, int number, Point point, long seed) {
    static Ref searched(int number, Point point, long seed) {
      return new Ref("trials/%04d".formatted(number), number, point, seed);
    }

    Ref repeated(long otherSeed) {
      return new Ref("repeats/%04d-seed-%d".formatted(number, otherSeed), number, point, otherSeed);
    }
  }

  /**
   * What its network takes.
   *
   * @param multiplyAdds of one image's forward pass; 0, as {@code parameters} is, where the network
   *     cannot be built
   */
  public record Cost(long parameters, long multiplyAdds) {}

  /** Where it stands. */
  public enum State {
    /** In a slot, or was when the driver died. */
    RUNNING,
    /** Waits at a rung whether it may go on. */
    PAUSED,
    FINISHED,
    STOPPED,
    FAILED
  }

  /** Which trial it is. */
  public Ref ref() {
    return ref;
  }

  Cost cost() {
    return cost;
  }

  /** One by one. */
  public List<EpochResult> epochs() {
    return epochs;
  }

  /** The last one. */
  public Optional<EpochResult> last() {
    return epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1));
  }

  /** Where it stands. */
  public State state() {
    return state;
  }

  /** Why it was stopped or failed; null of others. */
  public String reason() {
    return reason;
  }

  /** Whether it has done an epoch since it was last decided that it goes on. */
  boolean isToBeJudged() {
    return toBeJudged;
  }

  /** Whether it was ever let go on, having paused. */
  boolean hasPaused() {
    return paused;
  }

  /** Whether it is one of the search's, and no repeat. */
  boolean isSearched() {
    return ref.directory().startsWith("trials/");
  }

  /** How good it was after an epoch that it has reached. */
  double score(Objective objective, int epoch) {
    EpochResult result = epochs.get(epoch - 1);
    return objective.score(result.accuracy(), result.loss(), cost.multiplyAdds());
  }

  /** How good it is after its last epoch; negative infinity without one. */
  double score(Objective objective) {
    return epochs.isEmpty() ? Double.NEGATIVE_INFINITY : score(objective, epochs.size());
  }

  double slotSeconds() {
    return epochs.stream().mapToDouble(EpochResult::seconds).sum();
  }

  void note(EpochResult epoch) {
    if (epoch.epoch() > epochs.size()) {
      epochs.add(epoch);
      toBeJudged = true;
    }
  }

  void becomes(State next, String why) {
    state = next;
    reason = why;
    paused |= next == State.PAUSED;
    toBeJudged = false;
  }
}
