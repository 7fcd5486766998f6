package convoy.driver.sweep;

/**
 * What a sweep looks for on the held-out images.
 *
 * @param costWeight accuracy that a network must gain to be worth twice the multiply-adds; 0 unless
 *     the measure is {@link Measure#ACCURACY}
 */
public record Objective(Measure measure, double costWeight) {
  /** What of a validation counts. */
  public enum Measure {
    ACCURACY,
    LOSS
  }

  /**
   * How good a trial is, the higher the better.
   *
   * @param multiplyAdds of one image's forward pass
   */
  public double score(double accuracy, double loss, long multiplyAdds) {
    double score =
        switch (measure) {
          case ACCURACY -> accuracy - costWeight * Math.log(multiplyAdds / 1e6) / Math.log(2);
          case LOSS -> -loss;
        };
    return Double.isFinite(score) ? score : Double.NEGATIVE_INFINITY;
  }

  /** In words. */
  public String described() {
    return switch (measure) {
      case ACCURACY ->
          costWeight == 0
              ? "validation accuracy"
              : "validation accuracy less %s for each doubling of a million multiply-adds"
                  .formatted(costWeight);
      case LOSS -> "validation loss";
    };
  }
}
