package convoy.driver.report;

import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.sweep.Surrogate;
import convoy.driver.sweep.SweepResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code sweep.js} reads to draw a sweep's page.
 *
 * @param axes one a setting, in the order of the space
 * @param places of each trial, in the order of the result: from 0 to 1 by the setting's name
 * @param contour by the two settings that matter most and are not both choices; null where too few
 *     trials were scored
 * @param leastScored trials that importance needs
 */
public record SweepPage(
    SweepResult result,
    List<Axis> axes,
    List<Map<String, Double>> places,
    Surrogate.Contour contour,
    int leastScored) {
  /** Cells of the contour along a range. */
  private static final int CELLS = 24;

  private static final long SEED = 1;

  /**
   * Gathers a page's content.
   *
   * @param space that was searched; trials' points hold values as its ranges do
   */
  public static SweepPage of(SweepResult result, Space space) {
    return new SweepPage(
        result,
        space.settings().stream().map(Axis::of).toList(),
        result.trials().stream().map(trial -> places(space, trial.point())).toList(),
        contour(result, space).orElse(null),
        Surrogate.LEAST);
  }

  /** The page. */
  public String html() {
    Object data = result.spec().get("data");
    return Page.of(data == null ? "Sweep" : "Sweep on " + data, "sweep.js", this);
  }

  private static Map<String, Double> places(Space space, Map<String, Object> point) {
    Map<String, Double> places = new LinkedHashMap<>();
    for (Setting setting : space.settings()) {
      Object value = point.get(setting.name());
      if (value != null) {
        places.put(setting.name(), setting.range().unit(value));
      }
    }
    return places;
  }

  private static Optional<Surrogate.Contour> contour(SweepResult result, Space space) {
    List<String> choices =
        result.settings().stream()
            .filter(setting -> setting.kind().equals("choice"))
            .map(SweepResult.Searched::name)
            .toList();
    List<String> names = result.importance().stream().map(SweepResult.Importance::name).toList();
    List<List<String>> pairs = new ArrayList<>();
    for (int second = 1; second < names.size(); second++) {
      for (int first = 0; first < second; first++) {
        pairs.add(List.of(names.get(first), names.get(second)));
      }
    }
    return pairs.stream()
        .filter(pair -> !choices.containsAll(pair))
        .findFirst()
        .flatMap(
            pair ->
                Surrogate.of(space, Surrogate.seen(result.trials()), SEED)
                    .map(surrogate -> surrogate.contour(pair.get(0), pair.get(1), CELLS)));
  }
}
