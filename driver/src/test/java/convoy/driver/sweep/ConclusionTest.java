package convoy.driver.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.search.Point;
import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.sweep.SweepResult.Finalist;
import convoy.driver.sweep.SweepResult.Verdict;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Method;
import convoy.driver.sweep.SweepSpec.Stopping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConclusionTest {
  /** By hand: means 0.9 and 0.8, standard deviations 0.01 each, t = 12.2 with 4 degrees. */
  @Test
  void tellsADifferenceBeyondNoise() {
    Verdict verdict = verdict(List.of(0.89, 0.90, 0.91), List.of(0.79, 0.80, 0.81), 0);
    assertThat(verdict.beyondNoise()).isTrue();
    assertThat(verdict.p()).isBetween(0.0002, 0.0003);
    assertThat(verdict.words())
        .isEqualTo(
            "Over 3 and 3 further seeds trial 1 has a mean of 0.9000 and trial 2 of 0.8000: the best trial is better, beyond noise (difference +0.1000, Welch's t-test p = 0.00026).");
  }

  @Test
  void tellsThatTheRunnerUpIsBetter() {
    Verdict verdict = verdict(List.of(0.79, 0.80, 0.81), List.of(0.89, 0.90, 0.91), 0);
    assertThat(verdict.beyondNoise()).isTrue();
    assertThat(verdict.words()).contains("the runner-up is better, beyond noise");
  }

  @Test
  void tellsADifferenceWithinNoise() {
    Verdict verdict = verdict(List.of(0.85, 0.90, 0.95), List.of(0.84, 0.89, 0.94), 1);
    assertThat(verdict.beyondNoise()).isFalse();
    assertThat(verdict.words()).contains("within noise").endsWith(" 1 further seeds failed.");
  }

  @Test
  void claimsNothingWhereSeedsDoNotDiffer() {
    Verdict verdict = verdict(List.of(0.99, 0.99), List.of(0.98, 0.98), 0);
    assertThat(verdict.beyondNoise()).isFalse();
    assertThat(verdict.p()).isNull();
    assertThat(verdict.words()).contains("no test: the seeds of each do not differ");
  }

  @Test
  void claimsNothingOfSingleSeeds() {
    Verdict verdict = verdict(List.of(0.99), List.of(0.98), 0);
    assertThat(verdict.beyondNoise()).isFalse();
    assertThat(verdict.words()).contains("takes two further seeds of each that finish");
  }

  @Test
  void warnsOfTheEndsOfRangesBeyondWhichThereIsMore() {
    assertThat(boundaries(0.88, 3, new Anything()))
        .containsExactly(
            "x = 0.88 lies at the upper end of its range: a better value may lie beyond.");
    assertThat(boundaries(0.12, 5, new Anything()))
        .containsExactly(
            "x = 0.12 lies at the lower end of its range: a better value may lie beyond.",
            "n = 5 lies at the upper end of its range: a better value may lie beyond.");
    assertThat(boundaries(0.5, 1, new Anything(List.of(0L)))).isEmpty();
    assertThat(boundaries(0.5, 4, new Anything())).isEmpty();
  }

  private static List<String> boundaries(double x, long n, AcceptedOptions options) {
    Space space =
        new Space(
            List.of(
                new Setting("x", new Range.Continuous(0.1, 0.9, false), Optional.empty()),
                new Setting("n", new Range.Whole(1, 5, false), Optional.empty())));
    SweepSpec spec =
        new SweepSpec(
            "toy",
            Map.of("epochs", 1L),
            space,
            Method.RANDOM,
            new Stopping(Stopping.Rule.NONE, 1, 0, 0),
            new Budget(1, Optional.empty()),
            new Objective(Objective.Measure.ACCURACY, 0),
            1,
            0,
            0.5);
    Trial.Ref ref = Trial.Ref.searched(1, space.ordered(Map.of("x", x, "n", n)), 1);
    assertThat(ref.point()).isEqualTo(new Point(Map.of("x", x, "n", n)));
    return Conclusion.boundaries(spec, new Trial(ref, new Trial.Cost(1, 1)), options);
  }

  private static Verdict verdict(List<Double> best, List<Double> other, long failures) {
    return Conclusion.verdict(List.of(finalist(1, best), finalist(2, other)), failures)
        .orElseThrow();
  }

  private static Finalist finalist(int number, List<Double> scores) {
    double mean = scores.stream().mapToDouble(score -> score).average().orElseThrow();
    return new Finalist(number, mean, scores, mean, 0);
  }
}
