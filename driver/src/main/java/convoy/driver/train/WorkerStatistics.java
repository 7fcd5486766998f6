package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import java.io.Serializable;
import java.util.List;

/**
 * What batch normalisation saw of a worker's minibatches, pooled.
 *
 * <p>A plain class over primitive arrays, so that it travels with either of Spark's serialisers.
 */
public final class WorkerStatistics implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double images;
  private final float[] values;

  private WorkerStatistics(double images, float[] values) {
    this.images = images;
    this.values = values;
  }

  /**
   * Pools in the given order.
   *
   * @param places of the values, as {@link RunningStatistics#compact} says
   * @return of no images where there is nothing to pool
   */
  static WorkerStatistics pooled(List<WorkerStatistics> parts, List<RunningStatistics> places) {
    List<WorkerStatistics> active = parts.stream().filter(p -> p.images > 0).toList();
    if (active.isEmpty()) {
      return new WorkerStatistics(0, new float[0]);
    }
    double[] weights = active.stream().mapToDouble(p -> p.images).toArray();
    float[][] vectors = active.stream().map(p -> p.values).toArray(float[][]::new);
    double total = active.stream().mapToDouble(p -> p.images).sum();
    return new WorkerStatistics(total, ParameterAverage.mean(weights, vectors, places, 1));
  }

  /** Parameters with these statistics in place of their own. */
  float[] putInto(float[] parameters, List<RunningStatistics> layers) {
    List<RunningStatistics> places = RunningStatistics.compact(layers);
    float[] changed = parameters.clone();
    for (int layer = 0; layer < places.size(); layer++) {
      layers.get(layer).take(values, places.get(layer), changed);
    }
    return changed;
  }

  /** Gathers minibatch after minibatch. */
  public static final class Tally {
    private final List<RunningStatistics> places;
    private WorkerStatistics sum = new WorkerStatistics(0, new float[0]);

    /** For a network's layers of batch normalisation, in the order of its parameters. */
    public Tally(List<RunningStatistics> layers) {
      places = RunningStatistics.compact(layers);
    }

    /** Adds what a minibatch of so many images gave. */
    public void add(int images, float[] values) {
      sum = pooled(List.of(sum, new WorkerStatistics(images, values)), places);
    }

    /** Of all minibatches so far. */
    public WorkerStatistics statistics() {
      return sum;
    }
  }
}
