package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;

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
  static TrainingState of(
      TrainingState before, List<WorkerResult> results, List<RunningStatistics> statistics) {
    List<WorkerResult> active = results.stream().filter(r -> r.images() > 0).toList();
    if (active.isEmpty()) {
      throw new IllegalArgumentException("no worker saw an image");
    }
    double[] weights = active.stream().mapToDouble(WorkerResult::images).toArray();
    float[][] parameters = active.stream().map(r -> r.state().parameters()).toArray(float[][]::new);
    float[][] updaterStates =
        active.stream().map(r -> r.state().updaterState()).toArray(float[][]::new);
    int steps = steps(results);
    return new TrainingState(
        mean(weights, parameters, statistics, steps),
        mean(weights, updaterStates, List.of(), steps),
        before.iteration() + steps,
        before.epoch());
  }

  /** Minibatches of the busiest worker. */
  static int steps(List<WorkerResult> results) {
    return results.stream().mapToInt(WorkerResult::minibatches).max().orElse(0);
  }

  /**
   * The weighted mean, summed in the order of the vectors; a single vector is its own mean, to the
   * last bit.
   *
   * @param statistics that are pooled instead
   * @param steps minibatches since the vectors were one
   */
  static float[] mean(
      double[] weights, float[][] vectors, List<RunningStatistics> statistics, int steps) {
    double total = 0;
    for (int w = 0; w < weights.length; w++) {
      total += weights[w];
      if (vectors[w].length != vectors[0].length) {
        throw new IllegalArgumentException(
            "workers disagree in length: %d and %d"
                .formatted(vectors[0].length, vectors[w].length));
      }
    }
    if (weights.length == 1) {
      return vectors[0];
    }
    float[] mean = new float[vectors[0].length];
    for (int i = 0; i < mean.length; i++) {
      double sum = weights[0] * vectors[0][i];
      for (int w = 1; w < weights.length; w++) {
        sum += weights[w] * vectors[w][i];
      }
      mean[i] = (float) (sum / total);
    }
    statistics.forEach(layer -> layer.pool(weights, vectors, steps, mean));
    return mean;
  }
}
