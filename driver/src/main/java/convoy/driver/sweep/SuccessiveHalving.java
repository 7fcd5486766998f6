package convoy.driver.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Asynchronous successive halving: Li et al., "A System for Massively Parallel Hyperparameter
 * Tuning" (2020), algorithm 2. Trials pause at rungs of {@code first}, {@code first * factor}, …
 * epochs; one goes on as soon as it is among the best {@code 1 / factor} of those that have reached
 * its rung, so that no slot waits for a rung to be full.
 */
record SuccessiveHalving(Objective objective, int first, int factor, int epochs)
    implements StoppingRule {
  /**
   * So many go on from every rung in the end, so that the best trial has one to be held against.
   */
  private static final int FINALISTS = 2;

  @Override
  public Decision after(Trial trial, List<Trial> all) {
    return rungs().contains(trial.epochs().size()) ? Decision.PAUSE : Decision.GO_ON;
  }

  @Override
  public Optional<Trial> promoted(List<Trial> all, boolean last) {
    List<Integer> rungs = rungs();
    for (int i = rungs.size() - 1; i >= 0; i--) {
      int rung = rungs.get(i);
      List<Trial> best =
          all.stream()
              .filter(trial -> trial.state() != Trial.State.FAILED)
              .filter(trial -> trial.epochs().size() >= rung)
              .sorted(
                  Comparator.comparing((Trial trial) -> -trial.score(objective, rung))
                      .thenComparing(trial -> trial.epochs().get(rung - 1).loss()))
              .toList();
      boolean full = last && all.stream().noneMatch(trial -> isOnTheWayTo(trial, rung));
      int share = best.size() / factor;
      Optional<Trial> next =
          best.stream()
              .limit(full ? Math.max(FINALISTS, share) : share)
              .filter(trial -> trial.state() == Trial.State.PAUSED && at(trial, rung))
              .findFirst();
      if (next.isPresent()) {
        return next;
      }
    }
    return Optional.empty();
  }

  @Override
  public double expectedEpochs(int trials, int most) {
    double expected = 0;
    double going = trials;
    int from = 0;
    for (int rung : rungs()) {
      expected += going * (rung - from);
      going = Math.max(Math.min(FINALISTS, trials), going / factor);
      from = rung;
    }
    return expected + going * (most - from);
  }

  private static boolean isOnTheWayTo(Trial trial, int rung) {
    return trial.state() == Trial.State.RUNNING && trial.epochs().size() < rung;
  }

  private static boolean at(Trial trial, int rung) {
    return trial.epochs().size() == rung;
  }

  /** Below the whole number of epochs. */
  private List<Integer> rungs() {
    List<Integer> rungs = new ArrayList<>();
    for (long rung = first; rung < epochs; rung *= factor) {
      rungs.add((int) rung);
    }
    return rungs;
  }
}
