package convoy.driver.search;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.search.Search.Observed;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TpeSearchTest {
  private static final int SEEDS = 25;

  static Stream<Toys> toys() {
    return Stream.of(Toys.branin(), Toys.bowl(), Toys.optimizers());
  }

  @ParameterizedTest
  @MethodSource("toys")
  void findsInFiftyTrialsWhatRandomSearchMissesInAHundred(Toys toy) {
    assertThat(median(toy, seed -> Search.tpe(toy.space(), seed), 50))
        .isGreaterThan(median(toy, seed -> Search.random(toy.space(), seed), 100));
  }

  @ParameterizedTest
  @MethodSource("toys")
  void staysWithinTheRanges(Toys toy) {
    assertThat(toy.run(Search.tpe(toy.space(), 3), 60))
        .allSatisfy(observed -> Within.assertWithin(toy.space(), observed.point()));
  }

  @Test
  void beginsWithTenOfSobolsPoints() {
    Toys toy = Toys.bowl();
    List<Observed> learnt = toy.run(Search.tpe(toy.space(), 5), 11);
    List<Observed> even = toy.run(Search.sobol(toy.space(), 5), 11);
    assertThat(learnt.subList(0, 10)).isEqualTo(even.subList(0, 10));
    assertThat(learnt.get(10)).isNotEqualTo(even.get(10));
  }

  @Test
  void followsFromTheSeedTheTrialAndWhatWasSeen() {
    Toys toy = Toys.optimizers();
    List<Observed> seen = toy.run(Search.tpe(toy.space(), 5), 20);
    Search search = Search.tpe(toy.space(), 5);
    assertThat(search.point(20, seen)).isEqualTo(Search.tpe(toy.space(), 5).point(20, seen));
    assertThat(search.point(20, seen)).isNotEqualTo(search.point(21, seen));
    assertThat(search.point(20, seen)).isNotEqualTo(Search.tpe(toy.space(), 6).point(20, seen));
  }

  @Test
  void keepsAwayFromPointsThatFailed() {
    Space space = new Space(List.of(Toys.always("x", new Range.Continuous(0, 1, false))));
    Toys toy =
        new Toys(
            "half of it fails",
            space,
            point -> (double) point.values().get("x") > 0.5 ? Double.NEGATIVE_INFINITY : 1);
    long failed =
        toy.run(Search.tpe(space, 1), 60).stream()
            .skip(10)
            .filter(observed -> observed.score() < 0)
            .count();
    assertThat(failed).isLessThan(10);
  }

  @Test
  void goesOnWhereEverythingFailed() {
    Toys bowl = Toys.bowl();
    Toys toy = new Toys("all fails", bowl.space(), point -> Double.NEGATIVE_INFINITY);
    assertThat(toy.run(Search.tpe(toy.space(), 1), 30).stream().map(Observed::point).distinct())
        .hasSize(30);
  }

  @Test
  void triesAllOfASmallSpace() {
    Space space =
        new Space(
            List.of(
                Toys.always("a", new Range.Choice(List.of(1L, 2L, 3L, 4L))),
                Toys.always("b", new Range.Choice(List.of(1L, 2L, 3L, 4L)))));
    Toys toy = new Toys("table", space, point -> (long) point.values().get("a"));
    assertThat(toy.run(Search.tpe(space, 1), 30).stream().map(Observed::point).distinct())
        .hasSizeGreaterThanOrEqualTo(14);
  }

  private static double median(Toys toy, LongFunction<Search> search, int trials) {
    double[] best =
        LongStream.range(0, SEEDS)
            .mapToObj(seed -> toy.run(search.apply(seed), trials))
            .mapToDouble(
                seen ->
                    seen.stream()
                        .max(Comparator.comparingDouble(Observed::score))
                        .orElseThrow()
                        .score())
            .sorted()
            .toArray();
    return best[SEEDS / 2];
  }

  @Test
  void proposesOtherPointsToTrialsThatRunAtATime() {
    Toys toy = Toys.bowl();
    List<Observed> seen = toy.run(Search.tpe(toy.space(), 5), 20);
    Search search = Search.tpe(toy.space(), 5);
    assertThat(IntStream.range(20, 28).mapToObj(trial -> search.point(trial, seen)).distinct())
        .hasSize(8);
  }
}
