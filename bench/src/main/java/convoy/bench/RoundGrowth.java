package convoy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a round's cost grows with parameters and workers: measures a grid, every worker a process of
 * its own on this machine, fits {@link RoundModel} to half of it, compares with the other half,
 * fits it to all of it, compares {@link ClusterSimulation} with rounds of several lengths, and says
 * what many machines would do.
 */
public final class RoundGrowth {
  /** Few enough for the driver to average with this many workers, which the model describes. */
  private static final long[] PARAMETERS = {10_000, 300_000, 1_000_000, 3_000_000};

  private static final int[] WORKERS = {1, 2, 4};
  private static final int[] FREQUENCIES = {1, 5, 20};
  private static final int[] MANY = {8, 64, 256, 1_024};
  private static final int BATCH = 128;

  /** Of a 10 Gbit/s network. */
  private static final double BYTES_PER_SECOND = 1.25e9;

  private RoundGrowth() {}

  /**
   * Takes how to run a class of this package, the rounds of each cell, and NAME PARAMETERS
   * IMAGES_PER_SECOND of each network to predict.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<RoundModel.Measured> fitted = new ArrayList<>();
    List<RoundModel.Measured> checked = new ArrayList<>();
    for (int p = 0; p < PARAMETERS.length; p++) {
      for (int w = 0; w < WORKERS.length; w++) {
        RoundModel.Measured cell = measure(args[0], args[1], PARAMETERS[p], WORKERS[w]);
        ((p + w) % 2 == 0 ? fitted : checked).add(cell);
      }
    }
    RoundModel half = RoundModel.fit(fitted);
    fitted.forEach(cell -> print("fitted", cell, half));
    checked.forEach(cell -> print("checked", cell, half));
    fitted.addAll(checked);
    RoundModel model = RoundModel.fit(fitted);
    System.out.println("together: " + model.together());
    System.out.println("driver: " + model.driver());
    for (int frequency : FREQUENCIES) {
      check(args[0], args[1], model, frequency);
    }
    for (int i = 2; i + 2 < args.length; i += 3) {
      predict(model, args[i], Double.parseDouble(args[i + 1]), Double.parseDouble(args[i + 2]));
    }
  }

  private static RoundModel.Measured measure(
      String java, String rounds, long parameters, int workers)
      throws IOException, InterruptedException {
    Map<String, Double> values = run(java, rounds, parameters, workers, 1);
    double wall = values.get("cell:overhead");
    double driver = values.get("cell:driver");
    System.err.printf(
        "%,d parameters, %d workers: %.1f ms, driver %.1f ms%n", parameters, workers, wall, driver);
    return new RoundModel.Measured(
        bytes(values.get("cell:parameters")), workers, wall / 1e3, driver / 1e3);
  }

  private static Map<String, Double> run(
      String java, String rounds, long parameters, int workers, int frequency)
      throws IOException, InterruptedException {
    return new Program(
            "cell",
            List.of(
                java,
                "Rounds",
                Long.toString(parameters),
                Integer.toString(workers),
                rounds,
                "local-cluster[%d,1,1024]".formatted(workers),
                Integer.toString(frequency)))
        .run();
  }

  /** Two workers, of whose time a share is compute: as measured, and as simulated. */
  private static void check(String java, String rounds, RoundModel model, int frequency)
      throws IOException, InterruptedException {
    Map<String, Double> values = run(java, rounds, 300_000, 2, frequency);
    double bytes = bytes(values.get("cell:parameters"));
    double compute = values.get("cell:compute") / 1e3;
    ClusterSimulation simulation =
        new ClusterSimulation(
            workers -> model.together().seconds(bytes, workers),
            compute / frequency,
            ClusterSimulation.Conditions.QUIET);
    System.out.printf(
        Locale.ROOT,
        "2 workers, averaging frequency %d: %.0f %% of a round is compute, simulated %.0f %%%n",
        frequency,
        100 * compute / (values.get("cell:round") / 1e3),
        100 * simulation.efficiency(2, frequency));
  }

  /** With Adam's two moments. */
  private static double bytes(double parameters) {
    return 3 * Float.BYTES * parameters;
  }

  private static void print(String what, RoundModel.Measured cell, RoundModel model) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.2f MB, %d workers: %.1f ms, model %.1f ms; driver %.1f ms, model %.1f ms%n",
        what,
        cell.bytes() / 1e6,
        cell.workers(),
        1e3 * cell.wall(),
        1e3 * model.together().seconds(cell.bytes(), cell.workers()),
        1e3 * cell.driver(),
        1e3 * model.driver().seconds(cell.bytes(), cell.workers()));
  }

  private static void predict(RoundModel model, String name, double parameters, double rate) {
    for (ClusterSimulation.Conditions conditions :
        List.of(ClusterSimulation.Conditions.QUIET, ClusterSimulation.Conditions.SHARED)) {
      System.out.print(
          new ClusterSimulation(
                  workers -> model.apart(bytes(parameters), workers, BYTES_PER_SECOND),
                  BATCH / rate,
                  conditions)
              .table(name, MANY));
    }
  }
}
