package convoy.driver.evaluate;

import convoy.driver.dataset.PreparedDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.random.Well19937c;

/**
 * The content of {@code comparison.json}: a candidate against a baseline on the same images.
 *
 * @param schema of this file, 1
 * @param baseline accuracy and loss
 * @param candidate accuracy and loss
 * @param onlyBaseline images that only the baseline has right
 * @param onlyCandidate images that only the candidate has right
 * @param difference the candidate's accuracy less the baseline's
 * @param differenceInterval where it lies with 95 % confidence, by a paired bootstrap
 * @param seconds that reading and scoring took
 * @param mcnemar the probability of so uneven a split of the images that only one has right, or a
 *     more uneven one, if neither were better: the exact test
 */
public record Comparison(
    int schema,
    long count,
    Side baseline,
    Side candidate,
    long onlyBaseline,
    long onlyCandidate,
    double difference,
    Evaluation.Interval differenceInterval,
    double mcnemar,
    Evaluation.Data data,
    List<String> classes,
    List<ClassChange> perClass,
    double seconds,
    Provenance provenance) {
  /** What gates may name. */
  public static final Map<String, ToDoubleFunction<Comparison>> FIGURES =
      Map.of(
          "accuracy", comparison -> comparison.candidate.accuracy,
          "accuracy_drop", comparison -> 0 - comparison.difference,
          "accuracy_drop_high", comparison -> 0 - comparison.differenceInterval.low(),
          "loss", comparison -> comparison.candidate.loss,
          "loss_rise", comparison -> comparison.candidate.loss - comparison.baseline.loss,
          "p_value", Comparison::mcnemar,
          "recall_drop_worst", Comparison::worstRecallDrop);

  private static final int SCHEMA = 1;
  private static final int RESAMPLES = 10_000;

  /**
   * One of the two.
   *
   * @param run whose network
   */
  public record Side(Evaluation.Run run, double accuracy, long correct, double loss) {}

  /**
   * What has changed in a class.
   *
   * @param support its images
   */
  public record ClassChange(
      String name,
      long support,
      double baselineRecall,
      double candidateRecall,
      long onlyBaseline,
      long onlyCandidate) {}

  /** Figures of what was found. */
  public static Comparison of(
      PairFindings found,
      Evaluation.Run baselineRun,
      Evaluation.Run candidateRun,
      PreparedDataset dataset,
      double seconds,
      Provenance provenance) {
    List<String> classes = dataset.classes();
    long count = found.baseline().count();
    List<ClassChange> changes = new ArrayList<>();
    long lost = 0;
    long won = 0;
    for (int c = 0; c < classes.size(); c++) {
      long support = 0;
      for (int predicted = 0; predicted < classes.size(); predicted++) {
        support += found.baseline().confusion(c, predicted);
      }
      changes.add(
          new ClassChange(
              classes.get(c),
              support,
              support == 0 ? 0 : (double) found.baseline().confusion(c, c) / support,
              support == 0 ? 0 : (double) found.candidate().confusion(c, c) / support,
              found.onlyBaseline(c),
              found.onlyCandidate(c)));
      lost += found.onlyBaseline(c);
      won += found.onlyCandidate(c);
    }
    return new Comparison(
        SCHEMA,
        count,
        side(baselineRun, found.baseline()),
        side(candidateRun, found.candidate()),
        lost,
        won,
        (double) (won - lost) / count,
        bootstrap(lost, won, count),
        mcnemar(lost, won),
        Evaluation.Data.of(dataset),
        classes,
        changes,
        seconds,
        provenance);
  }

  /** By how much the recall of the class that has lost most has fallen; 0 if none has. */
  private double worstRecallDrop() {
    return perClass.stream()
        .mapToDouble(change -> change.baselineRecall - change.candidateRecall)
        .reduce(0, Math::max);
  }

  private static Side side(Evaluation.Run run, Counts counts) {
    return new Side(run, counts.accuracy(), counts.correct(), counts.loss());
  }

  /**
   * McNemar, "Note on the sampling error of the difference between correlated proportions" (1947),
   * with the binomial distribution itself; two-sided.
   */
  static double mcnemar(long lost, long won) {
    int trials = Math.toIntExact(lost + won);
    if (trials == 0) {
      return 1;
    }
    BinomialDistribution even = new BinomialDistribution(null, trials, 0.5);
    // Term by term: the distribution's own sum is one less the other end, and loses small ones.
    double tail = 0;
    double term = 1;
    for (int k = Math.toIntExact(Math.min(lost, won)); k >= 0 && term > tail * 1e-17; k--) {
      term = even.probability(k);
      tail += term;
    }
    return Math.min(1, 2 * tail);
  }

  /**
   * Percentiles of the difference over images drawn with replacement. What counts of an image is
   * which of the two has it right, so the numbers of either kind are drawn instead of images.
   */
  static Evaluation.Interval bootstrap(long lost, long won, long count) {
    int images = Math.toIntExact(count);
    BinomialDistribution flipped =
        new BinomialDistribution(new Well19937c(1), images, (double) (lost + won) / count);
    double share = lost + won == 0 ? 0 : (double) won / (lost + won);
    Well19937c random = new Well19937c(2);
    double[] differences = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      int flips = flipped.sample();
      int gains = new BinomialDistribution(random, flips, share).sample();
      differences[i] = (double) (2 * gains - flips) / count;
    }
    Arrays.sort(differences);
    return new Evaluation.Interval(
        differences[(int) (0.025 * RESAMPLES)], differences[(int) (0.975 * RESAMPLES) - 1]);
  }
}
