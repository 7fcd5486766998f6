package convoy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a round's cost grows with parameters and workers: measures a grid, every worker a process of
 * its own on this machine, fits {@link RoundModel} to half of it, compares with the other half,
 * fits it to all of it, and says what many machines would do.
 */
public final class RoundGrowth {
  private static final long[] PARAMETERS = {10_000, 100_000, 1_000_000, 3_000_000};
  private static final int[] WORKERS = {1, 2, 4, 8};
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
    List<RoundModel.Measured> byExecutors = new ArrayList<>();
    for (int p = 0; p < PARAMETERS.length; p++) {
      for (int w = 0; w < WORKERS.length; w++) {
        RoundModel.Measured cell = measure(args[0], args[1], PARAMETERS[p], WORKERS[w]);
        if (cell.isDriverAveraged()) {
          ((p + w) % 2 == 0 ? fitted : checked).add(cell);
        } else {
          byExecutors.add(cell);
        }
      }
    }
    RoundModel half = RoundModel.fit(fitted);
    fitted.forEach(cell -> print("fitted", cell, half));
    checked.forEach(cell -> print("checked", cell, half));
    byExecutors.forEach(cell -> print("executors average", cell, half));
    fitted.addAll(checked);
    RoundModel model = RoundModel.fit(fitted);
    System.out.println("together: " + model.together());
    System.out.println("driver: " + model.driver());
    for (int i = 2; i + 2 < args.length; i += 3) {
      predict(model, args[i], Double.parseDouble(args[i + 1]), Double.parseDouble(args[i + 2]));
    }
  }

  private static RoundModel.Measured measure(
      String java, String rounds, long parameters, int workers)
      throws IOException, InterruptedException {
    Program program =
        new Program(
            "cell",
            List.of(
                java,
                "Rounds",
                Long.toString(parameters),
                Integer.toString(workers),
                rounds,
                "local-cluster[%d,1,1024]".formatted(workers)));
    Map<String, Double> values = program.run();
    double wall = values.get("cell:overhead");
    double driver = values.get("cell:driver");
    System.err.printf(
        "%,d parameters, %d workers: %.1f ms, driver %.1f ms%n", parameters, workers, wall, driver);
    return new RoundModel.Measured(
        bytes(values.get("cell:parameters")), workers, wall / 1e3, driver / 1e3);
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
    for (int workers : MANY) {
      double overhead = model.apart(bytes(parameters), workers, BYTES_PER_SECOND);
      // Compute must be nine times as long as what is beside it.
      System.out.printf(
          Locale.ROOT,
          "%s, %d workers: %.0f ms a round beside compute, H for 90 %%: %.0f%n",
          name,
          workers,
          1e3 * overhead,
          Math.ceil(9 * overhead * rate / BATCH));
    }
  }
}
