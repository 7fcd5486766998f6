package convoy.deploy;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.sweep.Objective;
import convoy.driver.sweep.Surrogate;
import convoy.driver.sweep.SweepResult;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TrialResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Results of sweeps that never ran. */
final class MadeUpSweep {
  static final Space SPACE =
      new Space(
          List.of(
              setting("learning-rate", new Range.Continuous(1e-5, 0.1, true)),
              setting("dropout", new Range.Continuous(0, 0.6, false)),
              setting("batch-per-worker", new Range.Whole(16, 512, true)),
              setting("updater", new Range.Choice(List.of("adam", "nesterovs", "<b>plain</b>"))),
              new Setting(
                  "momentum",
                  new Range.Continuous(0.5, 0.99, false),
                  Optional.of(new Setting.Condition("updater", List.of("nesterovs"))))));

  private static final int EPOCHS = 8;

  private MadeUpSweep() {}

  /** Every fourth trial is stopped, every ninth fails; the others finish. */
  static SweepResult of(int trials) {
    return of(trials, new Objective(Objective.Measure.ACCURACY, 0));
  }

  /** Likewise, of another objective. */
  static SweepResult of(int trials, Objective objective) {
    SplittableRandom random = new SplittableRandom(3);
    List<TrialResult> made = new ArrayList<>();
    for (int number = 1; number <= trials; number++) {
      Map<String, Object> point = SPACE.at(random.doubles(SPACE.dimensions()).toArray()).values();
      made.add(
          number % 9 == 0
              ? failed(number, point)
              : trial(number, point, number % 4 == 0 ? 2 : EPOCHS, objective));
    }
    return result(made, objective);
  }

  /** As many trials, all of which failed. */
  static SweepResult failed(int trials) {
    List<TrialResult> made = new ArrayList<>();
    for (int number = 1; number <= trials; number++) {
      made.add(failed(number, SPACE.at(new double[] {0.5, 0.5, 0.5, 0.5, 0.5}).values()));
    }
    return result(made, new Objective(Objective.Measure.ACCURACY, 0));
  }

  private static TrialResult failed(int number, Map<String, Object> point) {
    return new TrialResult(
        number,
        directory(number),
        point,
        "failed",
        "batch-per-worker: 512 images need more than the 4 GB <of> the executor",
        null,
        null,
        null,
        List.of(),
        1.5,
        0,
        0);
  }

  private static TrialResult trial(
      int number, Map<String, Object> point, int epochs, Objective objective) {
    double off = SPACE.settings().get(0).range().unit(point.get("learning-rate")) - 0.6;
    double most = 0.99 - off * off - 0.03 * (Double) point.get("dropout") - 0.0001 * number;
    List<EpochResult> lines = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double accuracy = most * (1 - 0.5 / (epoch * epoch + 1));
      lines.add(
          new EpochResult(
              epoch, 1.2 - accuracy, accuracy - 0.01, 1.1 - accuracy, accuracy, 2 + 0.1 * number));
    }
    EpochResult last = lines.get(epochs - 1);
    return new TrialResult(
        number,
        directory(number),
        point,
        epochs == EPOCHS ? "finished" : "stopped",
        epochs == EPOCHS ? null : "7th of 8 trials after 2 epochs; one of 3 goes on",
        objective.score(last.accuracy(), last.loss(), 416_520),
        last.accuracy(),
        last.loss(),
        lines,
        4 * epochs + 0.5,
        61_706,
        416_520);
  }

  private static String directory(int number) {
    return String.format(Locale.ROOT, "trials/%03d", number);
  }

  private static SweepResult result(List<TrialResult> trials, Objective objective) {
    List<TrialResult> finished =
        trials.stream()
            .filter(trial -> trial.state().equals("finished"))
            .sorted((a, b) -> Double.compare(b.score(), a.score()))
            .limit(2)
            .toList();
    boolean two = finished.size() == 2;
    return new SweepResult(
        SweepResult.SCHEMA,
        "2025-03-01T12:00:00Z",
        Map.of("data", "mnist", "method", "sobol", "trials", (long) trials.size()),
        settings(),
        new SweepResult.Goal(
            objective.described(),
            objective.measure().name().toLowerCase(Locale.ROOT),
            objective.costWeight()),
        trials,
        finished.stream()
            .map(
                trial ->
                    new SweepResult.Finalist(
                        trial.number(),
                        trial.score(),
                        List.of(trial.score() - 0.001, trial.score() - 0.003),
                        trial.score() - 0.002,
                        0.0014))
            .toList(),
        new SweepResult.Verdict(
            two,
            two ? finished.get(0).score() - finished.get(1).score() : null,
            two ? 0.012 : null,
            two ? "The best beats the runner-up beyond noise." : "There is no runner-up."),
        Surrogate.of(SPACE, Surrogate.seen(trials), 1).map(Surrogate::importance).orElse(List.of()),
        finished.isEmpty() ? List.of() : List.of("dropout 0.004 is at the low end of 0 to 0.6"),
        finished.isEmpty() ? null : new SweepResult.TestResult(0.9812, 0.0612, 10_000, 9_812),
        finished.isEmpty()
            ? null
            : "convoy train --data mnist --model lenet5 --epochs 8 --learning-rate 0.0123",
        new SweepResult.Cost(95.5, 4, 0.83, 260.5, 17, 1.5, 64));
  }

  private static List<SweepResult.Searched> settings() {
    return List.of(
        new SweepResult.Searched("learning-rate", "continuous", 1e-5, 0.1, true, null, null),
        new SweepResult.Searched("dropout", "continuous", 0.0, 0.6, false, null, null),
        new SweepResult.Searched("batch-per-worker", "whole", 16.0, 512.0, true, null, null),
        new SweepResult.Searched(
            "updater",
            "choice",
            null,
            null,
            false,
            List.of("adam", "nesterovs", "<b>plain</b>"),
            null),
        new SweepResult.Searched(
            "momentum", "continuous", 0.5, 0.99, false, null, "updater is nesterovs"));
  }

  private static Setting setting(String name, Range range) {
    return new Setting(name, range, Optional.empty());
  }
}
