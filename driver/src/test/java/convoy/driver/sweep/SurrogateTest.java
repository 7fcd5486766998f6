package convoy.driver.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.driver.search.Point;
import convoy.driver.search.Range;
import convoy.driver.search.Search.Observed;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

final class SurrogateTest {
  private static final Setting WEAK = always("weak", new Range.Continuous(0, 1, false));
  private static final Setting STRONG = always("strong", new Range.Continuous(1e-4, 1, true));
  private static final Setting IDLE = always("idle", new Range.Whole(1, 9, false));
  private static final Space SPACE = new Space(List.of(WEAK, STRONG, IDLE));

  private static final Setting KIND = always("kind", new Range.Choice(List.of("a", "b")));
  private static final Setting ONLY_B =
      new Setting(
          "only-b",
          new Range.Continuous(0, 1, false),
          Optional.of(new Setting.Condition("kind", List.of("b"))));

  /**
   * The standard deviation by {@code strong} is twice that by {@code weak}, its variance 4 times.
   */
  private static double score(Map<String, Object> point) {
    return number(point, "weak") + 0.5 * Math.log10(number(point, "strong"));
  }

  @Test
  void sharesTheVarianceOutAmongSettings() {
    List<SweepResult.Importance> shares = surrogate(SPACE, 120, SurrogateTest::score).importance();
    assertThat(shares)
        .extracting(SweepResult.Importance::name)
        .containsExactly("strong", "weak", "idle");
    assertThat(shares.get(0).share()).isCloseTo(0.8, within(0.12));
    assertThat(shares.get(1).share()).isCloseTo(0.2, within(0.1));
    assertThat(shares.get(2).share()).isLessThan(0.05);
  }

  @Test
  void saysTheSameOfTheSameSeed() {
    assertThat(surrogate(SPACE, 40, SurrogateTest::score).importance())
        .isEqualTo(surrogate(SPACE, 40, SurrogateTest::score).importance());
  }

  @Test
  void leavesOutTrialsWithoutAFiniteScore() {
    List<Observed> seen = new ArrayList<>(seen(SPACE, 40, SurrogateTest::score));
    List<SweepResult.Importance> without = Surrogate.of(SPACE, seen, 1).orElseThrow().importance();
    seen.add(new Observed(seen.get(0).point(), Double.NEGATIVE_INFINITY));
    assertThat(Surrogate.of(SPACE, seen, 1).orElseThrow().importance()).isEqualTo(without);

    List<Observed> seven = seen(SPACE, 7, SurrogateTest::score);
    assertThat(Surrogate.of(SPACE, seven, 1)).isEmpty();
  }

  @Test
  void findsNothingImportantWhereAllScoresAreAlike() {
    assertThat(surrogate(SPACE, 20, point -> 0.9).importance())
        .extracting(SweepResult.Importance::share)
        .containsOnly(0.0);
  }

  @Test
  void drawsAContourThatPeaksWhereScoresDo() {
    Surrogate.Contour contour =
        surrogate(SPACE, 200, SurrogateTest::peak).contour("weak", "strong", 12);
    assertThat(contour.means()).hasSize(12).allSatisfy(row -> assertThat(row).hasSize(12));
    int row = 0;
    int column = 0;
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        if (contour.means().get(i).get(j) > contour.means().get(row).get(column)) {
          row = i;
          column = j;
        }
      }
    }
    // The cell of 0.7 along "weak", and of 0.3 along "strong".
    assertThat(column).isBetween(7, 9);
    assertThat(row).isBetween(2, 4);
  }

  private static double peak(Map<String, Object> point) {
    double x = number(point, "weak") - 0.7;
    double y = STRONG.range().unit(point.get("strong")) - 0.3;
    return -(x * x) - y * y;
  }

  @Test
  void countsAConditionalSettingOnlyWhereItsConditionHolds() {
    Space space = new Space(List.of(KIND, ONLY_B, WEAK));
    Surrogate surrogate =
        surrogate(
            space,
            160,
            point -> point.get("kind").equals("a") ? 0 : 2 + 0.5 * number(point, "only-b"));
    List<SweepResult.Importance> shares = surrogate.importance();
    assertThat(shares)
        .extracting(SweepResult.Importance::name)
        .containsExactly("kind", "only-b", "weak");
    // Half of the space has it, and it says nothing of the other half's low scores.
    assertThat(shares.get(0).share()).isGreaterThan(0.9);
    assertThat(shares.get(1).share()).isLessThan(0.05);

    Surrogate.Contour contour = surrogate.contour("only-b", "kind", 6);
    assertThat(contour.means()).hasSize(2);
    assertThat(contour.means().get(0)).hasSize(6).containsOnlyNulls();
    assertThat(contour.means().get(1)).hasSize(6).doesNotContainNull();
  }

  @Test
  void refusesASettingThatIsNotSearched() {
    assertThatThrownBy(
            () -> surrogate(SPACE, 20, SurrogateTest::score).contour("weak", "momentum", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no setting momentum is searched");
  }

  private static Setting always(String name, Range range) {
    return new Setting(name, range, Optional.empty());
  }

  private static double number(Map<String, Object> point, String name) {
    return ((Number) point.get(name)).doubleValue();
  }

  private static Surrogate surrogate(
      Space space, int trials, ToDoubleFunction<Map<String, Object>> score) {
    return Surrogate.of(space, seen(space, trials, score), 1).orElseThrow();
  }

  private static List<Observed> seen(
      Space space, int trials, ToDoubleFunction<Map<String, Object>> score) {
    SplittableRandom random = new SplittableRandom(5);
    List<Observed> seen = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      Point point = space.at(random.doubles(space.dimensions()).toArray());
      seen.add(new Observed(point, score.applyAsDouble(point.values())));
    }
    return seen;
  }
}
