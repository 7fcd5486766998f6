package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import convoy.model.zoo.InputShape;
import java.util.List;

/**
 * Drives DL4J's own layers.
 *
 * @param configuration DL4J's JSON; the networks themselves never travel
 * @param labelSmoothing what all classes share of each label's 1, from 0 to below 1
 */
record Dl4jEngine(String configuration, double labelSmoothing) implements Engine {
  /** Reads the configuration once: an engine arrives on executors in every round. */
  static Dl4jEngine of(String configuration, double labelSmoothing) {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be at least 0 and below 1, got " + labelSmoothing);
    }
    Blueprint.of(configuration);
    return new Dl4jEngine(configuration, labelSmoothing);
  }

  @Override
  public InputShape input() {
    return Blueprint.of(configuration).input();
  }

  @Override
  public int classes() {
    return Blueprint.of(configuration).classes();
  }

  @Override
  public TrainingState initialState() {
    try (LocalTrainer trainer = trainer()) {
      return trainer.store();
    }
  }

  @Override
  public List<RunningStatistics> runningStatistics() {
    try (Dl4jNetwork network = Dl4jNetwork.of(Blueprint.of(configuration).build(Use.TRAINING))) {
      return network.runningStatistics();
    }
  }

  @Override
  public LocalTrainer trainer() {
    return new Dl4jTrainer(Blueprint.of(configuration), labelSmoothing);
  }

  @Override
  public LocalScorer scorer() {
    return new Dl4jScorer(Blueprint.of(configuration));
  }
}
