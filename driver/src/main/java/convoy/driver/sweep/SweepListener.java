package convoy.driver.sweep;

import convoy.driver.sweep.SweepResult.EpochResult;
import java.util.List;
import java.util.Optional;

/** Hears how a sweep goes, from one thread at a time. */
public interface SweepListener {
  /** Something has happened. */
  void changed(Progress progress);

  /** A trial has left its slot: it has finished, paused, failed or been stopped. */
  void left(Trial trial);

  /**
   * How far a sweep is.
   *
   * @param trials that the search will have, if it is not stopped before
   * @param best so far; empty before any trial has done an epoch
   * @param secondsLeft of the sweep; negative as long as nobody can tell
   */
  record Progress(
      int trials,
      long running,
      long paused,
      long finished,
      long stopped,
      long failed,
      Optional<Trial> best,
      double secondsLeft) {
    static Progress of(
        SweepSpec spec,
        int most,
        Standings standings,
        StoppingRule rule,
        int lanes,
        double seconds) {
      List<Trial> trials = standings.searchedTrials();
      return new Progress(
          most,
          count(trials, Trial.State.RUNNING) + count(standings.repeats(), Trial.State.RUNNING),
          count(trials, Trial.State.PAUSED),
          count(trials, Trial.State.FINISHED),
          count(trials, Trial.State.STOPPED),
          count(trials, Trial.State.FAILED),
          standings.ranked(spec.objective()).stream().findFirst(),
          left(spec, most, standings, rule, lanes, seconds));
    }

    private static long count(List<Trial> trials, Trial.State state) {
      return trials.stream().filter(trial -> trial.state() == state).count();
    }

    private static double left(
        SweepSpec spec,
        int most,
        Standings standings,
        StoppingRule rule,
        int lanes,
        double seconds) {
      List<EpochResult> epochs = epochs(standings.searchedTrials());
      if (epochs.isEmpty()) {
        return -1;
      }
      double each = epochs.stream().mapToDouble(EpochResult::seconds).average().orElse(0) / lanes;
      double repeats = 2.0 * spec.repeats() * spec.epochs() - epochs(standings.repeats()).size();
      if (standings.isSearched()) {
        return repeats * each;
      }
      double expected = rule.expectedEpochs(most, spec.epochs());
      double search = Math.max(0, expected - epochs.size()) * each;
      double bounded =
          spec.budget()
              .time()
              .map(time -> Math.min(search, Math.max(0, time.toMillis() / 1e3 - seconds)))
              .orElse(search);
      return bounded + repeats * each;
    }

    private static List<EpochResult> epochs(List<Trial> trials) {
      return trials.stream().flatMap(trial -> trial.epochs().stream()).toList();
    }
  }
}
