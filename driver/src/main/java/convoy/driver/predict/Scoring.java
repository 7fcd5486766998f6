package convoy.driver.predict;

import convoy.driver.slot.ComputeSlots;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import org.apache.spark.broadcast.Broadcast;

/**
 * A network on an executor, as an evaluation has it: on one of the slots' threads, alive after the
 * task.
 *
 * @param model tells its parameters from all others, so that they are loaded once
 */
record Scoring(String model, Engine engine, Broadcast<float[]> parameters) {
  /**
   * The probability of each class for each image.
   *
   * @param images [count, channels, height, width], 0 to 1
   * @return [count, classes]
   */
  float[] score(float[] images, int count) {
    return ComputeSlots.here()
        .call(
            new ComputeSlots.Key("scorer", "predict " + model),
            this::loaded,
            scorer -> scorer.score(images, count));
  }

  private LocalScorer loaded() {
    LocalScorer scorer = engine.scorer();
    scorer.load(parameters.value());
    return scorer;
  }
}
