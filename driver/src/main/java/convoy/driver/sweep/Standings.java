package convoy.driver.sweep;

import convoy.driver.search.Space;
import convoy.driver.sweep.SweepResult.TestResult;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a sweep stands: what follows from its journal, entry by entry, and nothing else. */
public final class Standings {
  private final Space space;
  private final Map<String, Trial> trials = new LinkedHashMap<>();
  private Entry.Begun begun;
  private boolean searched;
  private TestResult test;
  private double seconds;
  private double searchSeconds;

  Standings(Space space) {
    this.space = space;
  }

  void apply(Entry entry) {
    seconds = entry.seconds();
    searchSeconds = searched ? searchSeconds : seconds;
    switch (entry.event()) {
      case BEGUN -> begun = entry.begun();
      case PROPOSED -> trials.put(entry.trial(), entry.proposed(space));
      case EPOCH -> trial(entry).note(entry.epoch());
      case PAUSED -> trial(entry).becomes(Trial.State.PAUSED, null);
      case PROMOTED -> trial(entry).becomes(Trial.State.RUNNING, null);
      case FINISHED -> trial(entry).becomes(Trial.State.FINISHED, null);
      case STOPPED -> trial(entry).becomes(Trial.State.STOPPED, entry.reason());
      case FAILED -> trial(entry).becomes(Trial.State.FAILED, entry.reason());
      case SEARCHED -> searched = true;
      case TESTED -> test = entry.test();
    }
  }

  private Trial trial(Entry entry) {
    return trials.get(entry.trial());
  }

  /** The search's trials, in the order of their numbers. */
  public List<Trial> searchedTrials() {
    return trials.values().stream()
        .filter(Trial::isSearched)
        .sorted(Comparator.comparingInt(trial -> trial.ref().number()))
        .toList();
  }

  /** Trials of the best with other seeds. */
  public List<Trial> repeats() {
    return trials.values().stream().filter(trial -> !trial.isSearched()).toList();
  }

  /** All. */
  Collection<Trial> all() {
    return trials.values();
  }

  boolean has(Trial.Ref ref) {
    return trials.containsKey(ref.directory());
  }

  Trial of(Trial.Ref ref) {
    return trials.get(ref.directory());
  }

  /**
   * The search's, the best first: those that came furthest, of them by their scores, and of equal
   * ones by their losses.
   */
  public List<Trial> ranked(Objective objective) {
    return searchedTrials().stream()
        .filter(trial -> trial.state() != Trial.State.FAILED && !trial.epochs().isEmpty())
        .sorted(
            Comparator.comparingInt((Trial trial) -> -trial.epochs().size())
                .thenComparing(trial -> -trial.score(objective))
                .thenComparing(trial -> trial.last().orElseThrow().loss()))
        .toList();
  }

  /** What it goes on with; null before it has begun. */
  public Entry.Begun begun() {
    return begun;
  }

  /** Whether no further trial will be searched. */
  boolean isSearched() {
    return searched;
  }

  /** What the best trial's network does on test images; null as long as it was not asked. */
  public TestResult test() {
    return test;
  }

  /** So far. */
  double seconds() {
    return seconds;
  }

  /** Until no further trial was searched. */
  double searchSeconds() {
    return searchSeconds;
  }
}
