package convoy.driver.evaluate;

import convoy.driver.dataset.PreparedDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The content of {@code evaluation.json}.
 *
 * @param schema of this file, 1
 * @param accuracy share of images whose most probable class was theirs
 * @param accuracyInterval where the accuracy over all such images lies, with 95 % confidence
 * @param loss mean negative log-likelihood of the right class
 * @param topK share of images whose class was the most probable, among the two most probable, and
 *     so on
 * @param brier mean squared distance of the probabilities from the right answer, 0 to 2
 * @param macro means over the classes that have images
 * @param micro over all images; with one class an image all three are the accuracy
 * @param data the images
 * @param testTimeAugmentation how each image was looked at
 * @param batchAccuracy over batches of any size, as they came
 * @param batches each batch's own figures, the last one being the remainder
 * @param confusion rows are actual classes, columns predicted ones
 * @param riskCoverage what share of mistakes remains if only the most confident are answered
 * @param seconds that reading and scoring took
 * @param robustness on perturbed images; empty where that was not asked for
 * @param run whose network
 */
public record Evaluation(
    int schema,
    double accuracy,
    Interval accuracyInterval,
    long correct,
    long count,
    double loss,
    List<Double> topK,
    double brier,
    Means macro,
    Means micro,
    Data data,
    int batchSize,
    String testTimeAugmentation,
    Spread batchAccuracy,
    List<Batch> batches,
    List<String> classes,
    List<List<Long>> confusion,
    List<PerClass> perClass,
    Calibration calibration,
    List<Answered> riskCoverage,
    double seconds,
    double imagesPerSecond,
    List<Robustness> robustness,
    Run run,
    Provenance provenance) {
  /** What gates may name. */
  public static final Map<String, ToDoubleFunction<Evaluation>> FIGURES =
      Map.ofEntries(
          Map.entry("accuracy", Evaluation::accuracy),
          Map.entry("accuracy_low", evaluation -> evaluation.accuracyInterval.low),
          Map.entry("top_2", evaluation -> evaluation.top(2)),
          Map.entry("top_3", evaluation -> evaluation.top(3)),
          Map.entry("top_5", evaluation -> evaluation.top(5)),
          Map.entry("loss", Evaluation::loss),
          Map.entry("brier", Evaluation::brier),
          Map.entry("calibration_error", evaluation -> evaluation.calibration.expectedError),
          Map.entry("macro_f1", evaluation -> evaluation.macro.f1),
          Map.entry("average_precision", evaluation -> evaluation.macro.averagePrecision),
          Map.entry("recall_worst", Evaluation::worstRecall));

  private static final int SCHEMA = 1;

  /** Figures of what was found over a prepared set's test images. */
  public static Evaluation of(
      Findings findings,
      PreparedDataset dataset,
      int batchSize,
      String testTimeAugmentation,
      double seconds,
      List<Robustness> robustness,
      Run run,
      Provenance provenance) {
    Counts counts = findings.counts();
    Scores scores = findings.scores();
    long count = counts.count();
    List<PerClass> perClass = perClass(counts, scores, dataset.classes());
    List<Batch> batches = batches(counts);
    return new Evaluation(
        SCHEMA,
        counts.accuracy(),
        Interval.wilson(counts.correct(), count),
        counts.correct(),
        count,
        counts.loss(),
        IntStream.rangeClosed(1, Math.min(Scores.RANKS, counts.classes()))
            .mapToObj(k -> (double) scores.amongFirst(k) / count)
            .toList(),
        scores.brierSum() / count,
        Means.macro(perClass),
        new Means(counts.accuracy(), counts.accuracy(), counts.accuracy(), null),
        Data.of(dataset),
        batchSize,
        testTimeAugmentation,
        Spread.of(batches),
        batches,
        dataset.classes(),
        confusion(counts),
        perClass,
        Calibration.of(scores, count),
        Answered.curve(scores, count),
        seconds,
        count / seconds,
        robustness,
        run,
        provenance);
  }

  /** Of fewer classes than {@code k} all are among the first. */
  private double top(int k) {
    return k > topK.size() ? 1 : topK.get(k - 1);
  }

  private double worstRecall() {
    return perClass.stream()
        .filter(each -> each.support > 0)
        .mapToDouble(PerClass::recall)
        .min()
        .orElse(0);
  }

  private static List<Batch> batches(Counts counts) {
    List<Batch> batches = new ArrayList<>();
    for (Counts.BatchCount batch : counts.batches()) {
      batches.add(
          new Batch(
              batches.size(),
              batch.count(),
              batch.correct(),
              (double) batch.correct() / batch.count(),
              batch.lossSum() / batch.count()));
    }
    return batches;
  }

  private static List<List<Long>> confusion(Counts counts) {
    return IntStream.range(0, counts.classes())
        .mapToObj(
            actual ->
                IntStream.range(0, counts.classes())
                    .mapToObj(predicted -> counts.confusion(actual, predicted))
                    .toList())
        .toList();
  }

  private static List<PerClass> perClass(Counts counts, Scores scores, List<String> classes) {
    List<PerClass> figures = new ArrayList<>();
    for (int c = 0; c < counts.classes(); c++) {
      long support = 0;
      long predicted = 0;
      for (int other = 0; other < counts.classes(); other++) {
        support += counts.confusion(c, other);
        predicted += counts.confusion(other, c);
      }
      double averagePrecision = support == 0 ? 0 : scores.averagePrecision(c);
      figures.add(
          PerClass.of(
              classes.get(c), counts.confusion(c, c), predicted, support, averagePrecision));
    }
    return figures;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * Whose network was evaluated.
   *
   * @param uri of its directory
   */
  public record Run(String uri, String id) {}

  /** Which images were scored. */
  public record Data(String name, String uri, String checksum) {
    static Data of(PreparedDataset dataset) {
      return new Data(
          dataset.manifest().name(), dataset.root().toString(), dataset.manifest().checksum());
    }
  }

  /** One batch. */
  public record Batch(int index, int count, int correct, double accuracy, double loss) {}

  /** Both ends. */
  public record Interval(double low, double high) {
    /** The normal distribution's two-sided 5 %. */
    private static final double Z = 1.959963984540054;

    /**
     * Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927): sound
     * near 0 and 1 too, where accuracies lie.
     */
    static Interval wilson(long right, long count) {
      double share = (double) right / count;
      double z2 = Z * Z / count;
      double middle = (share + z2 / 2) / (1 + z2);
      double half = Z / (1 + z2) * Math.sqrt(share * (1 - share) / count + z2 / 4 / count);
      return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }
  }

  /**
   * Of several classes together.
   *
   * @param averagePrecision absent where it means nothing
   */
  public record Means(double precision, double recall, double f1, Double averagePrecision) {
    static Means macro(List<PerClass> classes) {
      List<PerClass> present = classes.stream().filter(each -> each.support > 0).toList();
      return new Means(
          mean(present, PerClass::precision),
          mean(present, PerClass::recall),
          mean(present, PerClass::f1),
          mean(present, PerClass::averagePrecision));
    }

    private static double mean(List<PerClass> classes, ToDoubleFunction<PerClass> figure) {
      return classes.stream().mapToDouble(figure).average().orElse(0);
    }
  }

  /**
   * Of the batches' accuracies.
   *
   * @param standardDeviation of the sample; 0 for a single batch
   */
  public record Spread(double mean, double standardDeviation, double least, double most) {
    static Spread of(List<Batch> batches) {
      double mean = batches.stream().mapToDouble(Batch::accuracy).average().orElse(0);
      double squares =
          batches.stream()
              .mapToDouble(batch -> (batch.accuracy - mean) * (batch.accuracy - mean))
              .sum();
      return new Spread(
          mean,
          batches.size() < 2 ? 0 : Math.sqrt(squares / (batches.size() - 1)),
          batches.stream().mapToDouble(Batch::accuracy).min().orElse(0),
          batches.stream().mapToDouble(Batch::accuracy).max().orElse(0));
    }
  }

  /**
   * One class. A ratio whose denominator is 0 is given as 0.
   *
   * @param name of the class
   * @param averagePrecision area under the precision-recall curve
   * @param support images of the class
   * @param predicted images taken for the class
   */
  public record PerClass(
      String name,
      double precision,
      double recall,
      double f1,
      double averagePrecision,
      long support,
      long predicted) {
    static PerClass of(
        String name, long right, long predicted, long support, double averagePrecision) {
      return new PerClass(
          name,
          ratio(right, predicted),
          ratio(right, support),
          ratio(2 * right, predicted + support),
          averagePrecision,
          support,
          predicted);
    }
  }

  /**
   * Whether the network is as often right as it says.
   *
   * @param expectedError mean distance between confidence and accuracy, over bins of equal width
   *     weighted by their images
   */
  public record Calibration(double expectedError, List<Bin> bins) {
    /**
     * Images whose largest probability lies between {@code from} and {@code to}.
     *
     * @param confidence the mean of that probability; absent, as the accuracy is, without images
     */
    public record Bin(double from, double to, long count, Double accuracy, Double confidence) {}

    static Calibration of(Scores scores, long count) {
      List<Bin> bins = new ArrayList<>();
      double error = 0;
      for (int bin = 0; bin < Scores.CALIBRATION_BINS; bin++) {
        long images = scores.calibrated(bin);
        long right = scores.calibratedAndRight(bin);
        double confidence = scores.confidenceSum(bin);
        error += Math.abs(right - confidence) / count;
        bins.add(
            new Bin(
                (double) bin / Scores.CALIBRATION_BINS,
                (bin + 1.0) / Scores.CALIBRATION_BINS,
                images,
                images == 0 ? null : (double) right / images,
                images == 0 ? null : confidence / images));
      }
      return new Calibration(error, bins);
    }
  }

  /**
   * If images below a confidence are left to a person.
   *
   * @param confidence from which on the network answers
   * @param coverage share of images that it answers
   * @param risk share of mistakes among these
   */
  public record Answered(double confidence, double coverage, double risk) {
    static List<Answered> curve(Scores scores, long count) {
      List<Answered> curve = new ArrayList<>();
      long answered = 0;
      long wrong = 0;
      for (int bin = Scores.Threshold.COUNT - 1; bin >= 0; bin--) {
        if (scores.confident(bin) > 0) {
          answered += scores.confident(bin);
          wrong += scores.confident(bin) - scores.confidentAndRight(bin);
          curve.add(
              new Answered(
                  Scores.Threshold.from(bin),
                  (double) answered / count,
                  (double) wrong / answered));
        }
      }
      return curve;
    }
  }
}
