package convoy.bench;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/**
 * What a cluster of many executors would make of its time: rounds one after another, each as long
 * as its slowest worker and what a round costs beside that, with workers that are now and then slow
 * and executors that are now and then lost.
 *
 * @param beside seconds that a round costs beside compute, by the number of workers
 * @param minibatch seconds of one minibatch on one worker
 * @param conditions of the cluster
 */
record ClusterSimulation(
    IntToDoubleFunction beside, double minibatch, ClusterSimulation.Conditions conditions) {
  private static final int ROUNDS = 2_000;
  private static final int[] FREQUENCIES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

  /**
   * How a cluster behaves.
   *
   * @param jitter standard deviation of the logarithm of a worker's time in a round
   * @param stragglers share of workers' rounds that are slow
   * @param slowness how many times as long these take
   * @param hoursBetweenLosses of one executor, on average
   * @param recovery seconds until a lost executor's task runs again: it is noticed, and another
   *     executor reads the shard
   */
  record Conditions(
      double jitter,
      double stragglers,
      double slowness,
      double hoursBetweenLosses,
      double recovery) {
    /** Machines that nobody else uses. */
    static final Conditions QUIET = new Conditions(0.03, 0, 1, 1_000, 20);

    /**
     * Shared machines: a worker in a hundred takes three times as long, and executors come and go.
     */
    static final Conditions SHARED = new Conditions(0.10, 0.01, 3, 24, 20);
  }

  /** The share of the workers' time that goes into minibatches. */
  double efficiency(int workers, int frequency) {
    SplittableRandom random = new SplittableRandom(workers * 31L + frequency);
    double compute = frequency * minibatch;
    double overhead = beside.applyAsDouble(workers);
    double total = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double slowest = 0;
      for (int worker = 0; worker < workers; worker++) {
        double time = compute * Math.exp(conditions.jitter * random.nextGaussian());
        boolean slow = random.nextDouble() < conditions.stragglers;
        slowest = Math.max(slowest, slow ? time * conditions.slowness : time);
      }
      double losses = workers * (slowest + overhead) / (3_600 * conditions.hoursBetweenLosses);
      // The lost task begins again, on an executor that has its own to do first.
      boolean lost = random.nextDouble() < 1 - Math.exp(-losses);
      total += overhead + slowest + (lost ? conditions.recovery + compute : 0);
    }
    return ROUNDS * compute / total;
  }

  /** The smallest averaging frequency with nine tenths of the best efficiency there is. */
  int recommended(int workers) {
    double best = 0;
    for (int frequency : FREQUENCIES) {
      best = Math.max(best, efficiency(workers, frequency));
    }
    for (int frequency : FREQUENCIES) {
      if (efficiency(workers, frequency) >= 0.9 * best) {
        return frequency;
      }
    }
    throw new IllegalStateException("no efficiency is a number");
  }

  /** A row of Markdown for each number of workers. */
  String table(String network, int... workers) {
    StringBuilder rows = new StringBuilder();
    for (int each : workers) {
      int frequency = recommended(each);
      rows.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %.0f ms | %.0f %% | %d | %.0f %% |%n",
              network,
              each,
              1e3 * beside.applyAsDouble(each),
              100 * efficiency(each, 10),
              frequency,
              100 * efficiency(each, frequency)));
    }
    return rows.toString();
  }
}
