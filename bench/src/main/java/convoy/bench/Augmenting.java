package convoy.bench;

import convoy.bench.jmh.AugmentationBenchmark;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Images per second that one thread augments, as {@link AugmentationBenchmark} measures it. */
public final class Augmenting {
  private Augmenting() {}

  /** Takes nothing. */
  public static void main(String[] args) throws RunnerException {
    System.out.printf(
        Locale.ROOT,
        "grey=%.0f colour=%.0f%n",
        imagesPerSecond("1x28x28"),
        imagesPerSecond("3x32x32"));
  }

  private static double imagesPerSecond(String shape) throws RunnerException {
    RunResult result =
        new Runner(
                new OptionsBuilder()
                    .include(AugmentationBenchmark.class.getName())
                    .param("shape", shape)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .runSingle();
    return result.getPrimaryResult().getScore();
  }
}
