package convoy.driver.sweep;

import convoy.driver.search.Search.Observed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a search that learns is shown: trials that have ended or paused, scored by their places. Who
 * came further is better, since halving and the median rule stop the worse; of those that came
 * equally far the score counts. So a region whose trials were all stopped early stays a bad one,
 * which scores of the few that came furthest would not tell.
 */
final class Seen {
  private Seen() {}

  /** In the order of the trials' numbers. */
  static List<Observed> by(List<Trial> trials, Objective objective) {
    List<Trial> places = new ArrayList<>(trials.stream().filter(Seen::counts).toList());
    places.sort(
        Comparator.comparingInt((Trial trial) -> trial.epochs().size())
            .thenComparing(trial -> trial.score(objective)));
    return trials.stream()
        .filter(trial -> counts(trial) || failed(trial))
        .map(trial -> new Observed(trial.ref().point(), place(trial, places)))
        .toList();
  }

  private static double place(Trial trial, List<Trial> places) {
    return failed(trial) ? Double.NEGATIVE_INFINITY : places.indexOf(trial);
  }

  /** Those that have paused before count while they go on, by the epochs they have done. */
  private static boolean counts(Trial trial) {
    return switch (trial.state()) {
      case PAUSED, FINISHED, STOPPED -> !trial.epochs().isEmpty();
      case RUNNING -> trial.hasPaused();
      case FAILED -> false;
    };
  }

  private static boolean failed(Trial trial) {
    return trial.state() == Trial.State.FAILED;
  }
}
