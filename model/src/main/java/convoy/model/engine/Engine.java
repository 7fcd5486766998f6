package convoy.model.engine;

import java.io.Serializable;

/** Makes trainers and scorers for one network. Travels to the executors. */
public interface Engine extends Serializable {
  /** DL4J's own layers, made fast, for a network in DL4J's JSON. */
  static Engine dl4j(String configuration) {
    throw new UnsupportedOperationException();
  }

  /** The state before the first minibatch, as the configuration's seed initialises it. */
  TrainingState initialState();

  /** A trainer for the calling thread. */
  LocalTrainer trainer();

  /** A scorer for the calling thread. */
  LocalScorer scorer();
}
