package convoy.driver.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What grid, random and quasi-random search promise. */
final class SearchTest {
  static Stream<Search> searches() {
    Space space = Toys.optimizers().space();
    return Stream.of(Search.grid(space, 64), Search.random(space, 3), Search.sobol(space, 3));
  }

  @ParameterizedTest
  @MethodSource("searches")
  void pointsDoNotDependOnTheirOrderOrOnWhatWasSeen(Search search) {
    List<Integer> trials = IntStream.range(0, 40).boxed().collect(Collectors.toList());
    List<Optional<Point>> upwards =
        trials.stream().map(trial -> search.point(trial, List.of())).toList();
    Collections.reverse(trials);
    for (int trial : trials) {
      Search.Observed seen = new Search.Observed(new Point(Map.of("optimizer", "adam")), 1);
      assertThat(search.point(trial, List.of(seen))).isEqualTo(upwards.get(trial));
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void pointsLieWithinTheRangesAndDiffer(Search search) {
    List<Point> points =
        IntStream.range(0, 40).mapToObj(i -> search.point(i, List.of()).orElseThrow()).toList();
    assertThat(points)
        .doesNotHaveDuplicates()
        .allSatisfy(point -> Within.assertWithin(Toys.optimizers().space(), point));
  }

  @Test
  void seedsChangeRandomAndQuasiRandomPoints() {
    Space space = Toys.bowl().space();
    assertThat(Search.random(space, 1).point(0, List.of()))
        .isNotEqualTo(Search.random(space, 2).point(0, List.of()));
    assertThat(Search.sobol(space, 1).point(0, List.of()))
        .isNotEqualTo(Search.sobol(space, 2).point(0, List.of()));
  }

  @Test
  void sobolPutsAPointIntoEachStretchOfEverySetting() {
    int dimensions = 12;
    int count = 64;
    SobolSearch search = new SobolSearch(continuous(dimensions), 9);
    for (int dimension = 0; dimension < dimensions; dimension++) {
      Set<Integer> stretches = new HashSet<>();
      for (int trial = 0; trial < count; trial++) {
        stretches.add((int) (search.units(trial)[dimension] * count));
      }
      assertThat(stretches).hasSize(count);
    }
  }

  @Test
  void sobolPutsAPointIntoEachBoxOfItsFirstTwoSettings() {
    SobolSearch search = new SobolSearch(continuous(2), 9);
    for (int columns = 1; columns <= 64; columns *= 2) {
      int rows = 64 / columns;
      Set<Integer> boxes = new HashSet<>();
      for (int trial = 0; trial < 64; trial++) {
        double[] units = search.units(trial);
        int column = (int) (units[0] * columns);
        int row = (int) (units[1] * rows);
        boxes.add(column * rows + row);
      }
      assertThat(boxes).hasSize(64);
    }
  }

  @Test
  void scramblingMovesEveryPointEvenly() {
    double sum = 0;
    for (int seed = 0; seed < 1000; seed++) {
      sum += new SobolSearch(continuous(3), seed).units(5)[2];
    }
    assertThat(sum / 1000).isBetween(0.46, 0.54);
  }

  @Test
  void gridTakesChoicesWholeAndAsManyLevelsOfRangesAsFit() {
    Space space =
        new Space(
            List.of(
                Toys.always("optimizer", new Range.Choice(List.of("sgd", "adam"))),
                Toys.always("rate", new Range.Continuous(1e-4, 1, true)),
                Toys.always("few", new Range.Whole(1, 3, false))));
    List<Point> points = all(Search.grid(space, 31));
    assertThat(points).hasSize(2 * 5 * 3).doesNotHaveDuplicates();
    assertThat(values(points, "rate"))
        .usingElementComparator((a, b) -> Math.abs((double) a / (double) b - 1) < 1e-9 ? 0 : 1)
        .containsExactly(1e-4, 1e-3, 1e-2, 1e-1, 1.0);
    assertThat(values(points, "few")).containsExactly(1L, 2L, 3L);
    assertThat(points.get(0).values().get("few")).isEqualTo(1L);
    assertThat(points.get(1).values().get("few")).isEqualTo(2L);
  }

  @Test
  void gridHasOnePointForAllValuesOfASettingThatDoesNotCount() {
    Space space =
        new Space(
            List.of(
                Toys.always("optimizer", new Range.Choice(List.of("sgd", "adam", "rmsprop"))),
                Toys.when("momentum", new Range.Choice(List.of(0.0, 0.5, 0.9)), "optimizer", "sgd"),
                Toys.when("reset", new Range.Choice(List.of(true, false)), "momentum", 0.5, 0.9)));
    List<Point> points = all(Search.grid(space, 100));
    assertThat(points)
        .hasSize(1 + 2 * 2 + 2)
        .doesNotHaveDuplicates()
        .contains(
            new Point(Map.of("optimizer", "adam")),
            new Point(Map.of("optimizer", "sgd", "momentum", 0.0)),
            new Point(Map.of("optimizer", "sgd", "momentum", 0.9, "reset", false)));
  }

  @Test
  void gridRefusesTooFewTrials() {
    assertThatThrownBy(() -> Search.grid(continuous(4), 15))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be at least 16 for a grid, got 15");
    assertThat(all(Search.grid(continuous(4), 16))).hasSize(16);
    assertThatThrownBy(() -> Search.grid(continuous(80), 15))
        .hasMessageStartingWith("must be at least two thousand million");
  }

  private static Space continuous(int dimensions) {
    return new Space(
        IntStream.range(0, dimensions)
            .mapToObj(i -> Toys.always("x" + i, new Range.Continuous(0, 1, false)))
            .toList());
  }

  private static List<Point> all(Search search) {
    return Stream.iterate(0, trial -> trial + 1)
        .map(trial -> search.point(trial, List.of()))
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow)
        .toList();
  }

  private static List<Object> values(List<Point> points, String name) {
    return points.stream().map(point -> point.values().get(name)).distinct().toList();
  }
}
