package convoy.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * What a round costs beside the workers' compute, from the size of a state and the number of
 * workers.
 *
 * @param together wall time where driver and workers are processes of one machine and share its
 *     cores
 * @param driver of it the driver's own processor time
 */
record RoundModel(Cost together, Cost driver) {
  /** Above, executors average, as {@code Training} has it. */
  private static final double DRIVER_BYTES = 256 << 20;

  /**
   * One measurement, in seconds.
   *
   * @param bytes of a state
   * @param wall time beside compute
   * @param driver processor time of the driver
   */
  record Measured(double bytes, int workers, double wall, double driver) {}

  /**
   * Seconds, as a sum of four terms.
   *
   * @param job once
   * @param task for each worker
   * @param out for each byte of the state, which goes out to all
   * @param in for each byte of each worker's state, which comes in and is averaged
   */
  record Cost(double job, double task, double out, double in) {
    /** Fits relative errors, so that small states count as much as large ones; no term below 0. */
    static Cost fit(List<Measured> measured, ToDoubleFunction<Measured> seconds) {
      boolean[] used = {true, true, true, true};
      while (true) {
        double[] found = regress(measured, seconds, used);
        boolean whole = true;
        for (int i = 0; i < used.length; i++) {
          if (found[i] < 0) {
            used[i] = false;
            whole = false;
          }
        }
        if (whole) {
          return new Cost(found[0], found[1], found[2], found[3]);
        }
      }
    }

    private static double[] regress(
        List<Measured> measured, ToDoubleFunction<Measured> seconds, boolean[] used) {
      double[] ones = new double[measured.size()];
      double[][] terms = new double[ones.length][];
      for (int i = 0; i < ones.length; i++) {
        Measured each = measured.get(i);
        double weight = 1 / seconds.applyAsDouble(each);
        double[] all = {
          weight, weight * each.workers, weight * each.bytes, weight * each.bytes * each.workers
        };
        ones[i] = 1;
        terms[i] = chosen(all, used);
      }
      OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
      regression.setNoIntercept(true);
      regression.newSampleData(ones, terms);
      double[] estimated = regression.estimateRegressionParameters();
      double[] found = new double[used.length];
      int next = 0;
      for (int i = 0; i < used.length; i++) {
        found[i] = used[i] ? estimated[next++] : 0;
      }
      return found;
    }

    private static double[] chosen(double[] all, boolean[] used) {
      double[] some = new double[all.length];
      int count = 0;
      for (int i = 0; i < all.length; i++) {
        if (used[i]) {
          some[count++] = all[i];
        }
      }
      return Arrays.copyOf(some, count);
    }

    double seconds(double bytes, double workers) {
      return job + task * workers + out * bytes + in * bytes * workers;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1f ms + %.2f ms a worker + %.2f ms a MB out + %.2f ms a MB and worker in",
          1e3 * job,
          1e3 * task,
          1e9 * out,
          1e9 * in);
    }
  }

  static RoundModel fit(List<Measured> measured) {
    return new RoundModel(Cost.fit(measured, Measured::wall), Cost.fit(measured, Measured::driver));
  }

  /**
   * Seconds beside compute where every process has a machine of its own: the driver's work, one
   * worker's, and what the driver's link takes, one after the other, so no less than it will be.
   * Above the driver's limit each state is cut up, averaged by the executors and brought together:
   * two stages, and three times a state through each executor's link.
   *
   * @param bytesPerSecond of each machine's link
   */
  double apart(double bytes, int workers, double bytesPerSecond) {
    double worker = Math.max(0, together.seconds(bytes, 1) - driver.seconds(bytes, 1));
    double out = 2 * bytes / bytesPerSecond;
    if (bytes * workers <= DRIVER_BYTES) {
      return driver.seconds(bytes, workers) + worker + out + bytes * workers / bytesPerSecond;
    }
    // Its two stages bring the driver one state in all, not one a worker.
    return 2 * driver.seconds(0, workers)
        + driver.seconds(bytes, 1)
        + 3 * worker
        + out
        + 3 * bytes / bytesPerSecond;
  }
}
