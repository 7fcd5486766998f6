package convoy.driver.report;

import convoy.data.ImageShape;
import convoy.driver.evaluate.Comparison;
import convoy.driver.evaluate.PairFindings;
import convoy.driver.store.RunRecord;
import java.util.List;

/**
 * What {@code comparison.js} reads to draw {@code comparison.html}.
 *
 * @param lost images that only the baseline has right, with what the candidate takes them for
 * @param won images that only the candidate has right, with what the baseline took them for
 */
public record ComparisonPage(
    Comparison comparison, Trained baseline, Trained candidate, List<Shown> lost, List<Shown> won) {
  /** Gathers a page's content. */
  public static ComparisonPage of(
      Comparison comparison,
      PairFindings found,
      ImageShape shape,
      RunRecord baseline,
      RunRecord candidate) {
    return new ComparisonPage(
        comparison,
        Trained.of(baseline),
        Trained.of(candidate),
        Shown.all(found.lost().images(), shape),
        Shown.all(found.won().images(), shape));
  }

  /** The page. */
  public String html() {
    return Page.of("Comparison on " + comparison.data().name(), "comparison.js", this);
  }
}
