package convoy.driver.train;

import convoy.data.ImageShape;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.PartitionJob;
import convoy.driver.train.TrainingListener.Progress;
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

  /** Where a run begins. */
  public Position start() {
    return Position.start(engine.initialState());
  }

  /**
   * Runs what the plan has left after {@code from} and returns the state after the last round.
   *
   * @throws DivergedException if a loss or a parameter is not finite
   */
  public TrainingState run(Position from, TrainingListener listener) {
    int minibatches = plan.minibatchesPerEpoch(images);
    Position position = from;
    while (!ends(position)) {
      int epoch = position.state().epoch() + 1;
      int most = plan.minibatchesFrom(position.state().iteration());
      int next = Math.min(most, minibatches - position.minibatches());
      position = position.after(round(position, next), next);
      listener.roundDone(new Progress(epoch, position.sums(), images));
      if (position.minibatches() == minibatches || ends(position)) {
        EpochSums sums = position.sums();
        if (position.minibatches() == minibatches) {
          position = position.nextEpoch();
        }
        TrainingState state = position.state();
        listener.epochDone(sums.summary(epoch, position.round(), state.iteration()), state);
        position = position.withReport();
      }
      listener.reached(position);
    }
    return position.state();
  }

  private boolean ends(Position position) {
    return plan.endsAt(position.state().epoch(), position.state().iteration());
  }

  private Round round(Position position, int minibatches) {
    long start = System.nanoTime();
    TrainingState state = position.state();
    Broadcast<TrainingState> broadcast = spark.broadcast(state);
    try {
      RoundOrder order =
          new RoundOrder(
              plan.seed(), state.epoch(), position.minibatches(), minibatches, plan.batchSize());
      WorkerRound work =
          new WorkerRound(
              runId, engine, shape, plan.augmentation(), order, position.round(), broadcast);
      Round round = Round.of(state, PartitionJob.run(shards, WorkerResult.class, work), start);
      if (!round.isFinite()) {
        throw new DivergedException(state.epoch() + 1, position.round() + 1, round.lossSum());
      }
      return round;
    } finally {
      broadcast.destroy();
    }
  }
}
