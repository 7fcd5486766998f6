package convoy.model.engine;

import convoy.model.zoo.InputShape;
import java.io.Serializable;
import java.util.List;

/** Makes trainers and scorers for one network. Travels to the executors. */
public interface Engine extends Serializable {
  /**
   * DL4J's own layers, made fast, for a network in DL4J's JSON.
   *
   * @throws IllegalArgumentException if it is not the JSON of a DL4J {@code MultiLayerNetwork} that
   *     says the shape of its images and ends in an output layer
   * @throws IllegalStateException if it computes in anything but float32 or lays images out as NHWC
   */
  static Engine dl4j(String configuration) {
    return dl4j(configuration, 0);
  }

  /**
   * Likewise, trained on softened labels: Szegedy et al., "Rethinking the Inception Architecture"
   * (2016), section 7.
   *
   * @param labelSmoothing what all classes share of each label's 1, from 0 to below 1
   */
  static Engine dl4j(String configuration, double labelSmoothing) {
    return Dl4jEngine.of(configuration, labelSmoothing);
  }

  /** The images it works with. */
  InputShape input();

  /** The classes it tells apart. */
  int classes();

  /** The state before the first minibatch, as the configuration's seed initialises it. */
  TrainingState initialState();

  /** Where batch normalisation keeps its running statistics, in the order of the parameters. */
  List<RunningStatistics> runningStatistics();

  /** A trainer for the calling thread. */
  LocalTrainer trainer();

  /** A scorer for the calling thread. */
  LocalScorer scorer();
}
