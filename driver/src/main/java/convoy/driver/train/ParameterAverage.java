package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;
import java.util.stream.IntStream;

/** Averages what workers bring back, weighted by the images each has seen. */
public final class ParameterAverage {
  /** Values that one thread sums at a time: the sums stay in its core's own cache. */
  private static final int CHUNK = 1_024;

  private ParameterAverage() {}

  /**
   * The state after a round: parameters and updater state are {@code Σ n_w·x_w / Σ n_w}, summed in
   * double in the order of the workers; the iteration counter moves by the minibatches that the
   * busiest worker really fitted.
   *
   * @param before the state that the round started from
   * @param results in the order of the workers; those that saw no image do not count. Their states
   *     are used up: the new one takes over arrays of theirs
   * @throws IllegalArgumentException if no worker saw an image or lengths differ
   */
  public static TrainingState of(
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
   * @param vectors used up: the first may become the mean, because 12 MB of fresh memory cost more
   *     than the sums in it
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
    // Pooling reads all vectors once more.
    float[] mean = statistics.isEmpty() ? vectors[0] : new float[vectors[0].length];
    double sum = total;
    IntStream.range(0, (mean.length + CHUNK - 1) / CHUNK)
        .parallel()
        .forEach(chunk -> mean(weights, vectors, sum, chunk * CHUNK, mean));
    statistics.forEach(layer -> layer.pool(weights, vectors, steps, mean));
    return mean;
  }

  /** Of {@link #CHUNK} values, or of those that are left. */
  private static void mean(
      double[] weights, float[][] vectors, double total, int from, float[] mean) {
    double[] sums = new double[Math.min(CHUNK, mean.length - from)];
    for (int w = 0; w < weights.length; w++) {
      add(weights[w], vectors[w], from, sums);
    }
    for (int i = 0; i < sums.length; i++) {
      mean[from + i] = (float) (sums[i] / total);
    }
  }

  private static void add(double weight, float[] vector, int from, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * vector[from + i];
    }
  }
}
