package convoy.driver.train;

import convoy.driver.train.TrainingListener.Progress;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;

/**
 * Trains a network by rounds of parameter averaging. Not serialisable.
 *
 * <p>A round never goes beyond its epoch: the state at the end of an epoch has seen every image the
 * same number of times.
 */
public final class Training {
  private final TrainingPlan plan;
  private final Rounds rounds;
  private final Sizes sizes;
  private final List<RunningStatistics> statistics;

  /**
   * Of one run.
   *
   * @param rounds who does the work
   * @param sizes of the workers' shards
   */
  public Training(TrainingPlan plan, Rounds rounds, Sizes sizes) {
    this.plan = plan;
    this.rounds = rounds;
    this.sizes = sizes;
    statistics = rounds.runningStatistics();
  }

  /** Where a run begins. */
  public Position start(TrainingState initial) {
    return Position.start(initial, plan.averaging());
  }

  /**
   * Runs what the plan has left after {@code from}, or less if the listener has had enough, and
   * returns the model after the last round.
   *
   * @throws DivergedException if a loss or a parameter is not finite
   */
  public TrainingState run(Position from, TrainingListener listener) {
    int minibatches = RoundOrder.minibatches(sizes.longest, plan.batchSize());
    Position position = from;
    TrainingState model = null;
    while (!ends(position) && !listener.hasEnough()) {
      int epoch = position.state().epoch() + 1;
      int most = plan.minibatchesFrom(position.state().iteration());
      int next = Math.min(most, minibatches - position.minibatches());
      position = round(position, next);
      model = null;
      listener.roundDone(new Progress(epoch, position.sums(), sizes.total));
      if (position.minibatches() == minibatches || ends(position)) {
        EpochSums sums = position.sums();
        if (position.minibatches() == minibatches) {
          position = position.nextEpoch();
        }
        model = model(position);
        listener.epochDone(
            sums.summary(epoch, position.round(), position.state().iteration()), model);
        position = position.withReport();
      }
      listener.reached(position);
    }
    return model == null ? model(position) : model;
  }

  private boolean ends(Position position) {
    return plan.endsAt(position.state().epoch(), position.state().iteration());
  }

  private Position round(Position position, int minibatches) {
    TrainingState state = position.state();
    Round round = rounds.fit(order(position, minibatches), position.round(), state);
    OuterState.After step =
        position.outer().step(plan.averaging(), state, round.state(), statistics);
    double lossSum = round.sums().lossSum();
    if (!Double.isFinite(lossSum) || !step.isFinite()) {
      throw new DivergedException(state.epoch() + 1, position.round() + 1, lossSum);
    }
    return position.after(round, step, minibatches);
  }

  /** What is evaluated and saved at a position. */
  private TrainingState model(Position position) {
    TrainingState model = position.model();
    int batches = plan.averaging().statisticsBatches();
    if (batches == 0 || statistics.isEmpty()) {
      return model;
    }
    // Rounded up, so that every worker passes through as many.
    int each = (batches + plan.workers() - 1) / plan.workers();
    Position begin = new Position(model, position.outer(), position.round(), 0, null, 0);
    WorkerStatistics seen = rounds.statistics(order(begin, each), position.round(), model);
    return model.withParameters(seen.putInto(model.parameters(), statistics));
  }

  private RoundOrder order(Position position, int minibatches) {
    return new RoundOrder(
        plan.seed(),
        position.state().epoch(),
        position.minibatches(),
        minibatches,
        plan.batchSize());
  }

  /**
   * How many images there are.
   *
   * @param total in all shards together
   * @param longest shard's
   */
  public record Sizes(long total, long longest) {
    /** Of shards that differ by one image at most. */
    public static Sizes even(long images, int workers) {
      return new Sizes(images, (images + workers - 1) / workers);
    }
  }
}
