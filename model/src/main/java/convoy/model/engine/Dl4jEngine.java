package convoy.model.engine;

/**
 * Drives DL4J's own layers.
 *
 * @param configuration DL4J's JSON; the networks themselves never travel
 */
record Dl4jEngine(String configuration) implements Engine {
  /** Reads the configuration once: an engine arrives on executors in every round. */
  static Dl4jEngine of(String configuration) {
    Blueprint.of(configuration);
    return new Dl4jEngine(configuration);
  }

  @Override
  public TrainingState initialState() {
    try (Dl4jTrainer trainer = new Dl4jTrainer(Blueprint.of(configuration))) {
      return trainer.store();
    }
  }

  @Override
  public LocalTrainer trainer() {
    return new Dl4jTrainer(Blueprint.of(configuration));
  }

  @Override
  public LocalScorer scorer() {
    return new Dl4jScorer(Blueprint.of(configuration));
  }
}
