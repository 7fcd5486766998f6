package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.util.List;
import java.util.function.Function;

/** Averages what workers bring back, weighted by the images each has seen. */
final class ParameterAverage {
  private ParameterAverage() {}

  /**
   * The state after a round: parameters and updater state are {@code Σ n_w·x_w / Σ n_w}, summed in
   * double in the order of the workers; the iteration counter moves by the minibatches that the
   * busiest worker really fitted.
   *
   * @param before the state that the round started from
   * @param results in the order of the workers; those that saw no image do not count
   * @throws IllegalArgumentException if no worker saw an image or lengths differ
   */
  static TrainingState of(TrainingState before, List<WorkerResult> results) {
    List<WorkerResult> active = results.stream().filter(r -> r.images() > 0).toList();
    if (active.isEmpty()) {
      throw new IllegalArgumentException("no worker saw an image");
    }
    int steps = active.stream().mapToInt(WorkerResult::minibatches).max().orElseThrow();
    return new TrainingState(
        mean(active, TrainingState::parameters),
        mean(active, TrainingState::updaterState),
        before.iteration() + steps,
        before.epoch());
  }

  private static float[] mean(List<WorkerResult> results, Function<TrainingState, float[]> part) {
    double[] weights = results.stream().mapToDouble(WorkerResult::images).toArray();
    float[][] vectors = results.stream().map(r -> part.apply(r.state())).toArray(float[][]::new);
    double total = 0;
    for (int w = 0; w < weights.length; w++) {
      total += weights[w];
      if (vectors[w].length != vectors[0].length) {
        throw new IllegalArgumentException(
            "workers disagree in length: %d and %d"
                .formatted(vectors[0].length, vectors[w].length));
      }
    }
    float[] mean = new float[vectors[0].length];
    for (int i = 0; i < mean.length; i++) {
      double sum = weights[0] * vectors[0][i];
      for (int w = 1; w < weights.length; w++) {
        sum += weights[w] * vectors[w][i];
      }
      mean[i] = (float) (sum / total);
    }
    return mean;
  }
}
