package convoy.driver.train;

import convoy.model.engine.TrainingState;

/**
 * Where a run stands between two rounds. All that is still to come follows from it and the plan.
 *
 * @param state averaged
 * @param round ended so far in the run
 * @param minibatches of the current epoch that each worker has done
 * @param sums of the current epoch
 * @param reported epochs told to the listener
 */
public record Position(
    TrainingState state, int round, int minibatches, EpochSums sums, int reported) {
  /** Before the first round. */
  static Position start(TrainingState state) {
    return new Position(state, 0, 0, EpochSums.NONE, 0);
  }

  Position after(Round done, int more) {
    return new Position(done.state(), round + 1, minibatches + more, sums.plus(done), reported);
  }

  Position nextEpoch() {
    TrainingState next =
        new TrainingState(
            state.parameters(), state.updaterState(), state.iteration(), state.epoch() + 1);
    return new Position(next, round, 0, EpochSums.NONE, reported);
  }

  Position withReport() {
    return new Position(state, round, minibatches, sums, reported + 1);
  }
}
