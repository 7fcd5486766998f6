package convoy.driver.sweep;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.sweep.SweepResult.Cost;
import convoy.driver.sweep.SweepResult.Finalist;
import convoy.driver.sweep.SweepResult.Goal;
import convoy.driver.sweep.SweepResult.Searched;
import convoy.driver.sweep.SweepResult.TrialResult;
import convoy.driver.sweep.Trial.State;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes a sweep's result of how it stands in the end. */
public final class Summary {
  private Summary() {}

  /**
   * The result.
   *
   * @param lanes trials that ran at a time
   * @param options what {@code train} accepts, for what may lie beyond a range
   * @param command that trains the best trial's network again; null where there is none
   */
  public static SweepResult of(
      SweepSpec spec, Sweep sweep, int lanes, AcceptedOptions options, String command) {
    Standings standings = sweep.standings();
    int workers = standings.begun().workers();
    List<Trial> best = sweep.finalists();
    List<Finalist> finalists =
        best.stream().map(trial -> Conclusion.finalist(trial, standings.repeats(), spec)).toList();
    List<TrialResult> trials =
        standings.searchedTrials().stream()
            .map(trial -> result(trial, spec.objective(), workers))
            .toList();
    return new SweepResult(
        SweepResult.SCHEMA,
        standings.begun().created(),
        spec.asMap(),
        spec.space().settings().stream().map(Summary::searched).toList(),
        goal(spec.objective()),
        trials,
        finalists,
        Conclusion.verdict(finalists, failures(standings)).orElse(null),
        Surrogate.of(spec.space(), Surrogate.seen(trials), 1)
            .map(Surrogate::importance)
            .orElse(List.of()),
        best.isEmpty() ? List.of() : Conclusion.boundaries(spec, best.get(0), options),
        standings.test(),
        command,
        cost(standings, lanes, workers));
  }

  /** Further seeds that failed. */
  private static long failures(Standings standings) {
    return standings.repeats().stream().filter(trial -> trial.state() == State.FAILED).count();
  }

  private static Goal goal(Objective objective) {
    return new Goal(
        objective.described(),
        objective.measure().name().toLowerCase(Locale.ROOT),
        objective.costWeight());
  }

  private static Searched searched(Setting setting) {
    String when =
        setting
            .when()
            .map(
                condition ->
                    "%s is %s"
                        .formatted(
                            condition.setting(),
                            condition.values().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(" or "))))
            .orElse(null);
    Range range = setting.range();
    if (range instanceof Range.Continuous numbers) {
      return new Searched(
          setting.name(), "continuous", numbers.low(), numbers.high(), numbers.log(), null, when);
    }
    if (range instanceof Range.Whole numbers) {
      return new Searched(
          setting.name(),
          "whole",
          (double) numbers.low(),
          (double) numbers.high(),
          numbers.log(),
          null,
          when);
    }
    return new Searched(
        setting.name(), "choice", null, null, false, ((Range.Choice) range).values(), when);
  }

  private static TrialResult result(Trial trial, Objective objective, int workers) {
    Optional<SweepResult.EpochResult> last = trial.last();
    double score = trial.score(objective);
    return new TrialResult(
        trial.ref().number(),
        trial.ref().directory(),
        trial.ref().point().values(),
        trial.state() == State.RUNNING
            ? "unfinished"
            : trial.state().name().toLowerCase(Locale.ROOT),
        trial.reason(),
        Double.isFinite(score) ? score : null,
        last.map(SweepResult.EpochResult::accuracy).orElse(null),
        last.map(SweepResult.EpochResult::loss).orElse(null),
        List.copyOf(trial.epochs()),
        trial.slotSeconds() * workers,
        trial.cost().parameters(),
        trial.cost().multiplyAdds());
  }

  private static Cost cost(Standings standings, int lanes, int workers) {
    List<Trial> trials = standings.searchedTrials();
    double taken = trials.stream().mapToDouble(Trial::slotSeconds).sum();
    double seconds = standings.searchSeconds();
    return new Cost(
        seconds,
        lanes * workers,
        seconds == 0 ? 0 : taken / (seconds * lanes),
        slotSeconds(trials, workers, Set.of(State.FINISHED)),
        slotSeconds(trials, workers, Set.of(State.STOPPED, State.PAUSED, State.RUNNING)),
        slotSeconds(trials, workers, Set.of(State.FAILED)),
        slotSeconds(standings.repeats(), workers, Set.of(State.values())));
  }

  private static double slotSeconds(List<Trial> trials, int workers, Set<State> states) {
    return workers
        * trials.stream()
            .filter(trial -> states.contains(trial.state()))
            .mapToDouble(Trial::slotSeconds)
            .sum();
  }
}
