package convoy.driver.sweep;

import java.util.List;
import java.util.Optional;

/**
 * Stops a trial whose best score so far is worse than the median of what other trials had on
 * average up to the same epoch: Golovin et al., "Google Vizier" (2017), section 3.2.2.
 *
 * @param first epochs before the first decision
 * @param trials others that must have come as far
 */
record MedianRule(Objective objective, int first, int trials) implements StoppingRule {
  @Override
  public Decision after(Trial trial, List<Trial> all) {
    int epoch = trial.epochs().size();
    if (epoch < first) {
      return Decision.GO_ON;
    }
    double[] others =
        all.stream()
            .filter(other -> other != trial && other.epochs().size() >= epoch)
            .mapToDouble(other -> mean(other, epoch))
            .sorted()
            .toArray();
    if (others.length < trials) {
      return Decision.GO_ON;
    }
    double median = (others[(others.length - 1) / 2] + others[others.length / 2]) / 2;
    return best(trial, epoch) < median ? Decision.STOP : Decision.GO_ON;
  }

  @Override
  public Optional<Trial> promoted(List<Trial> all, boolean last) {
    return Optional.empty();
  }

  /** About half of the trials end a little after the first decision. */
  @Override
  public double expectedEpochs(int number, int epochs) {
    return number * (first + epochs) / 2.0;
  }

  private double mean(Trial trial, int epochs) {
    double sum = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      sum += trial.score(objective, epoch);
    }
    return sum / epochs;
  }

  private double best(Trial trial, int epochs) {
    double best = Double.NEGATIVE_INFINITY;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      best = Math.max(best, trial.score(objective, epoch));
    }
    return best;
  }
}
