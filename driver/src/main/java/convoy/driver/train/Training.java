package convoy.driver.train;

import convoy.data.ImageShape;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains a network by rounds of parameter averaging over cached shards. Driver only; not
 * serialisable.
 *
 * <p>A round never goes beyond its epoch: the state at the end of an epoch has seen every image the
 * same number of times.
 */
public final class Training {
  private final JavaSparkContext spark;
  private final String runId;
  private final TrainingPlan plan;
  private final Engine engine;
  private final ImageShape shape;
  private final JavaRDD<ImageBlock> shards;
  private final long images;

  /**
   * Of one run.
   *
   * @param runId tells this run's networks from others alive in the same executors
   * @param shards one partition a worker, cached
   * @param images in all shards together
   */
  public Training(
      JavaSparkContext spark,
      String runId,
      TrainingPlan plan,
      Engine engine,
      ImageShape shape,
      JavaRDD<ImageBlock> shards,
      long images) {
    this.spark = spark;
    this.runId = runId;
    this.plan = plan;
    this.engine = engine;
    this.shape = shape;
    this.shards = shards;
    this.images = images;
  }

  /**
   * Runs every epoch of the plan and returns the state after the last.
   *
   * @throws DivergedException if a loss is not finite
   */
  public TrainingState run(TrainingListener listener) {
    TrainingState state = engine.initialState();
    int round = 0;
    while (!plan.endsAt(state.epoch(), state.iteration())) {
      EpochTotals totals = new EpochTotals(state.epoch(), images);
      int minibatches = plan.minibatchesPerEpoch(images);
      int done = 0;
      while (done < minibatches && !plan.endsAt(state.epoch(), state.iteration())) {
        int next = Math.min(plan.minibatchesFrom(state.iteration()), minibatches - done);
        Round result = round(state, round++, done, next);
        if (!Double.isFinite(result.lossSum())) {
          throw new DivergedException(state.epoch() + 1, round, result.lossSum());
        }
        state = result.state();
        done += next;
        totals.add(result);
        listener.roundDone(totals.progress());
      }
      if (done == minibatches) {
        state = nextEpoch(state);
      }
      listener.epochDone(totals.summary(round, state.iteration()), state);
    }
    return state;
  }

  private Round round(TrainingState state, int round, int firstMinibatch, int minibatches) {
    long start = System.nanoTime();
    Broadcast<TrainingState> broadcast = spark.broadcast(state);
    try {
      WorkerRound work =
          new WorkerRound(
              runId,
              engine,
              shape,
              plan.augmentation(),
              new RoundOrder(
                  plan.seed(), state.epoch(), firstMinibatch, minibatches, plan.batchSize()),
              round,
              broadcast);
      return Round.of(state, PartitionJob.run(shards, WorkerResult.class, work), start);
    } finally {
      broadcast.destroy();
    }
  }

  private static TrainingState nextEpoch(TrainingState state) {
    return new TrainingState(
        state.parameters(), state.updaterState(), state.iteration(), state.epoch() + 1);
  }
}
