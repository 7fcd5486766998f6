package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.io.Serializable;

/**
 * Where a run stands between two rounds. All that is still to come follows from it and the plan.
 *
 * @param state that the next round starts from
 * @param outer what averaging carries on beside it
 * @param round ended so far in the run
 * @param minibatches of the current epoch that each worker has done
 * @param sums of the current epoch
 * @param reported epochs told to the listener
 */
public record Position(
    TrainingState state, OuterState outer, int round, int minibatches, EpochSums sums, int reported)
    implements Serializable {
  /** Before the first round. */
  static Position start(TrainingState state, Averaging averaging) {
    OuterState outer = OuterState.start(averaging, state.parameters());
    return new Position(state, outer, 0, 0, EpochSums.NONE, 0);
  }

  /** The same where others have counted on. */
  public Position goingOn(int iteration, int epoch) {
    TrainingState counted = state.withCounters(iteration, epoch);
    return new Position(counted, outer, round, minibatches, sums, reported);
  }

  Position after(Round done, OuterState.After step, int more) {
    return new Position(
        step.state(),
        step.outer(),
        round + 1,
        minibatches + more,
        sums.plus(done.sums()),
        reported);
  }

  Position nextEpoch() {
    TrainingState next = state.withCounters(state.iteration(), state.epoch() + 1);
    return new Position(next, outer, round, 0, EpochSums.NONE, reported);
  }

  Position withReport() {
    return new Position(state, outer, round, minibatches, sums, reported + 1);
  }

  /** What is evaluated and saved here. */
  public TrainingState model() {
    return outer.model(state);
  }
}
