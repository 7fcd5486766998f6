package convoy.driver.search;

import convoy.driver.search.Search.Observed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Spaces with scores that are known everywhere. */
record Toys(String name, Space space, ToDoubleFunction<Point> score) {
  /** The function of Branin, turned over: -0.398 at three places. */
  static Toys branin() {
    return new Toys(
        "branin",
        new Space(
            List.of(
                always("x", new Range.Continuous(-5, 10, false)),
                always("y", new Range.Continuous(0, 15, false)))),
        point -> {
          double x = number(point, "x");
          double arch =
              number(point, "y") - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
          return -(arch * arch + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
        });
  }

  /** A bowl with its top, 0, away from the middle of every setting. */
  static Toys bowl() {
    return new Toys(
        "bowl",
        new Space(
            List.of(
                always("rate", new Range.Continuous(1e-5, 1, true)),
                always("dropout", new Range.Continuous(0, 0.9, false)),
                always("units", new Range.Whole(8, 1024, true)),
                always("batch", new Range.Choice(List.of(32L, 64L, 128L, 256L))))),
        point -> {
          double rate = Math.log10(number(point, "rate")) + 2.5;
          double dropout = number(point, "dropout") - 0.3;
          double units = Math.log(number(point, "units") / 200) / 2;
          double batch = number(point, "batch") == 64 ? 0 : 0.5;
          return -(rate * rate + 4 * dropout * dropout + units * units + batch);
        });
  }

  /** Three optimizers, each with a rate of its own; the best one, up to 0, has a momentum. */
  static Toys optimizers() {
    return new Toys(
        "optimizers",
        new Space(
            List.of(
                always("optimizer", new Range.Choice(List.of("sgd", "adam", "rmsprop"))),
                always("rate", new Range.Continuous(1e-5, 1, true)),
                when("momentum", new Range.Continuous(0, 0.99, false), "optimizer", "sgd"))),
        point -> {
          double rate = Math.log10(number(point, "rate"));
          if (point.values().get("optimizer").equals("sgd")) {
            double momentum = number(point, "momentum") - 0.85;
            return -((rate + 1) * (rate + 1) / 2 + 3 * momentum * momentum);
          }
          return point.values().get("optimizer").equals("adam")
              ? -0.5 - (rate + 3) * (rate + 3)
              : -1 - (rate + 3.5) * (rate + 3.5);
        });
  }

  /** What a search sees in that many trials, one after the other. */
  List<Observed> run(Search search, int trials) {
    List<Observed> seen = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      Point point = search.point(i, List.copyOf(seen)).orElseThrow();
      seen.add(new Observed(point, score.applyAsDouble(point)));
    }
    return seen;
  }

  static Setting always(String name, Range range) {
    return new Setting(name, range, Optional.empty());
  }

  static Setting when(String name, Range range, String other, Object... values) {
    return new Setting(name, range, Optional.of(new Setting.Condition(other, List.of(values))));
  }

  private static double number(Point point, String name) {
    return ((Number) point.values().get(name)).doubleValue();
  }

  @Override
  public String toString() {
    return name;
  }
}
