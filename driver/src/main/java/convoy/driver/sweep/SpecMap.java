package convoy.driver.sweep;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.sweep.Objective.Measure;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Stopping;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a specification back into the form of its file; {@link SpecReader} reads it again. */
final class SpecMap {
  private SpecMap() {}

  static Map<String, Object> of(SweepSpec spec) {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, Object> train = new LinkedHashMap<>(spec.fixed());
    Map<String, Object> search = new LinkedHashMap<>();
    Object model = train.remove(TrainOptionNames.MODEL);
    for (Setting setting : spec.space().settings()) {
      if (setting.name().equals(TrainOptionNames.MODEL)) {
        model = ((Range.Choice) setting.range()).values();
      } else {
        search.put(setting.name(), setting(setting));
      }
    }
    map.put("data", spec.data());
    map.put("model", model);
    map.put("train", train);
    map.put("search", search);
    map.put("method", SpecNode.word(spec.method()));
    map.put("stopping", stopping(spec.stopping()));
    map.put("budget", budget(spec.budget()));
    map.put("objective", objective(spec.objective()));
    map.put("seed", spec.seed());
    map.put("repeats", spec.repeats());
    map.put("failures", spec.mostFailures());
    return map;
  }

  private static Map<String, Object> setting(Setting setting) {
    Map<String, Object> map = new LinkedHashMap<>();
    Range range = setting.range();
    if (range instanceof Range.Choice choice) {
      map.put("choice", choice.values());
    } else if (range instanceof Range.Whole whole) {
      map.put("integer", List.of(whole.low(), whole.high()));
      map.put("log", whole.log());
    } else if (range instanceof Range.Continuous continuous) {
      map.put(continuous.log() ? "log" : "range", List.of(continuous.low(), continuous.high()));
    }
    setting.when().ifPresent(when -> map.put("when", Map.of(when.setting(), when.values())));
    return map;
  }

  private static Map<String, Object> stopping(Stopping stopping) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rule", SpecNode.word(stopping.rule()));
    switch (stopping.rule()) {
      case NONE -> {}
      case HALVING -> {
        map.put("first", stopping.first());
        map.put("factor", stopping.factor());
      }
      case MEDIAN -> {
        map.put("first", stopping.first());
        map.put("trials", stopping.trials());
      }
    }
    return map;
  }

  private static Map<String, Object> budget(Budget budget) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("trials", budget.trials());
    budget.time().map(Duration::toSeconds).ifPresent(time -> map.put("time", time + "s"));
    return map;
  }

  private static Map<String, Object> objective(Objective objective) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("measure", SpecNode.word(objective.measure()));
    if (objective.measure() == Measure.ACCURACY) {
      map.put("cost-weight", objective.costWeight());
    }
    return map;
  }
}
