package convoy.bench;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * What a round costs beside the workers' compute, in seconds, from the size of a state and the
 * number of workers, where each worker is a process.
 *
 * @param job a Spark job's own cost
 * @param task of each task of it
 * @param out of each byte of the state that goes out to all
 * @param in of each byte of each worker's state that comes in and is averaged; where all workers
 *     share one machine, also what they spend on it, so that many machines would take less
 */
record RoundModel(double job, double task, double out, double in) {
  /** Above, executors average, as {@code Training} has it. */
  private static final double DRIVER_BYTES = 256 << 20;

  /** One measurement: bytes of a state, workers, and seconds beside compute. */
  record Measured(double bytes, int workers, double seconds) {
    boolean isDriverAveraged() {
      return bytes * workers <= DRIVER_BYTES;
    }
  }

  /** Fits relative errors, so that small states count as much as large ones. */
  static RoundModel fit(List<Measured> measured) {
    double[] ones = new double[measured.size()];
    double[][] terms = new double[ones.length][];
    for (int i = 0; i < ones.length; i++) {
      Measured each = measured.get(i);
      double weight = 1 / each.seconds;
      ones[i] = 1;
      terms[i] =
          new double[] {
            weight, weight * each.workers, weight * each.bytes, weight * each.bytes * each.workers
          };
    }
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.setNoIntercept(true);
    regression.newSampleData(ones, terms);
    double[] found = regression.estimateRegressionParameters();
    return new RoundModel(found[0], found[1], found[2], found[3]);
  }

  /** Seconds beside compute on one machine, the driver averaging. */
  double seconds(double bytes, int workers) {
    return job + task * workers + out * bytes + in * bytes * workers;
  }

  /**
   * Seconds beside compute over a network, whoever averages.
   *
   * <p>What goes out is passed on from worker to worker and crosses each link twice, in and out.
   * What comes in passes through the driver's own link; where executors average, each of them sends
   * and receives one state in all, in a second stage, and the driver receives one.
   *
   * @param bytesPerSecond of each machine's link
   */
  double seconds(double bytes, int workers, double bytesPerSecond) {
    double going = bytes * (out + 2 / bytesPerSecond);
    double coming = bytes * (in + 1 / bytesPerSecond);
    return bytes * workers <= DRIVER_BYTES
        ? job + task * workers + going + coming * workers
        : 2 * (job + task * workers) + going + 3 * coming;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f ms + %.1f ms a worker + %.1f ms a MB out + %.1f ms a MB and worker in",
        1e3 * job,
        1e3 * task,
        1e9 * out,
        1e9 * in);
  }
}
