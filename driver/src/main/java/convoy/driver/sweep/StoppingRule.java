package convoy.driver.sweep;

import java.util.List;
import java.util.Optional;

/** Decides after an epoch, which is not the trial's last one, whether the trial goes on. */
sealed interface StoppingRule permits StoppingRule.Never, MedianRule, SuccessiveHalving {
  /** The rule that a specification names. */
  static StoppingRule of(SweepSpec spec) {
    SweepSpec.Stopping stopping = spec.stopping();
    return switch (stopping.rule()) {
      case NONE -> new Never();
      case MEDIAN -> new MedianRule(spec.objective(), stopping.first(), stopping.trials());
      case HALVING ->
          new SuccessiveHalving(
              spec.objective(), stopping.first(), stopping.factor(), spec.epochs());
    };
  }

  /**
   * What becomes of a trial.
   *
   * @param trial that has just done an epoch
   * @param all of the search, it among them
   */
  Decision after(Trial trial, List<Trial> all);

  /**
   * A paused trial that may go on.
   *
   * @param last whether no new trial will come
   */
  Optional<Trial> promoted(List<Trial> all, boolean last);

  /** Epochs that the trials of a search will take in all, for telling how long it takes. */
  double expectedEpochs(int trials, int epochs);

  /** What becomes of a trial. */
  enum Decision {
    GO_ON,
    PAUSE,
    STOP
  }

  /** All go on to the end. */
  record Never() implements StoppingRule {
    @Override
    public Decision after(Trial trial, List<Trial> all) {
      return Decision.GO_ON;
    }

    @Override
    public Optional<Trial> promoted(List<Trial> all, boolean last) {
      return Optional.empty();
    }

    @Override
    public double expectedEpochs(int trials, int epochs) {
      return (double) trials * epochs;
    }
  }
}
