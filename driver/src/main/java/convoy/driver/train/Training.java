package convoy.driver.train;

import convoy.driver.slot.PartitionJob;
import convoy.driver.train.TrainingListener.Progress;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains a network by rounds of parameter averaging over cached shards. Driver only; not
 * serialisable.
 *
 * <p>A round never goes beyond its epoch: the state at the end of an epoch has seen every image the
 * same number of times.
 *
 * @param <T> what a shard consists of
 */
public final class Training<T> {
  /** The most that the driver holds of workers' states in a round; above, executors average. */
  private static final long DRIVER_BYTES = 256L << 20;

  private final JavaSparkContext spark;
  private final TrainingPlan plan;
  private final LocalWork<T> work;
  private final JavaRDD<T> shards;
  private final Sizes sizes;
  private final long driverBytes;
  private final List<RunningStatistics> statistics;

  /**
   * Of one run.
   *
   * @param work what workers do with their shards
   * @param shards one partition a worker, cached
   * @param sizes of the shards
   */
  public Training(
      JavaSparkContext spark,
      TrainingPlan plan,
      LocalWork<T> work,
      JavaRDD<T> shards,
      Sizes sizes) {
    this(spark, plan, work, shards, sizes, DRIVER_BYTES);
  }

  Training(
      JavaSparkContext spark,
      TrainingPlan plan,
      LocalWork<T> work,
      JavaRDD<T> shards,
      Sizes sizes,
      long driverBytes) {
    this.spark = spark;
    this.plan = plan;
    this.work = work;
    this.shards = shards;
    this.sizes = sizes;
    this.driverBytes = driverBytes;
    statistics = work.runningStatistics();
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
    long start = System.nanoTime();
    TrainingState state = position.state();
    try (Exchange exchange = Exchange.of(spark, state)) {
      Round round = round(workerRound(position, minibatches, exchange), state, start);
      OuterState.After step =
          position.outer().step(plan.averaging(), state, round.state(), statistics);
      double lossSum = round.sums().lossSum();
      if (!Double.isFinite(lossSum) || !step.isFinite()) {
        throw new DivergedException(state.epoch() + 1, position.round() + 1, lossSum);
      }
      return position.after(round, step, minibatches);
    }
  }

  private Round round(WorkerRound<T> work, TrainingState state, long start) {
    long values = (long) state.parameters().length + state.updaterState().length;
    if (values * Float.BYTES * plan.workers() > driverBytes) {
      ExecutorAverage.Averaged averaged = ExecutorAverage.of(shards, work, state, statistics);
      return Round.of(averaged.state(), averaged.results(), start, System.nanoTime());
    }
    List<WorkerResult> sent =
        PartitionJob.run(shards, WorkerResult.class, new WorkerRound.Sent<>(work));
    List<WorkerResult> results =
        IntStream.range(0, sent.size())
            .mapToObj(worker -> work.exchange().receive(worker, sent.get(worker)))
            .toList();
    long collected = System.nanoTime();
    return Round.of(ParameterAverage.of(state, results, statistics), results, start, collected);
  }

  /** What is evaluated and saved at a position. */
  private TrainingState model(Position position) {
    TrainingState model = position.model();
    int batches = plan.averaging().statisticsBatches();
    if (batches == 0 || statistics.isEmpty()) {
      return model;
    }
    try (Exchange exchange = Exchange.of(spark, model)) {
      // Rounded up, so that every worker passes through as many.
      int each = (batches + plan.workers() - 1) / plan.workers();
      Position begin = new Position(model, position.outer(), position.round(), 0, null, 0);
      List<WorkerStatistics> seen =
          PartitionJob.run(
              shards,
              WorkerStatistics.class,
              new WorkerRound.Statistics<>(workerRound(begin, each, exchange)));
      WorkerStatistics all = WorkerStatistics.pooled(seen, RunningStatistics.compact(statistics));
      return model.withParameters(all.putInto(model.parameters(), statistics));
    }
  }

  private WorkerRound<T> workerRound(Position position, int minibatches, Exchange exchange) {
    RoundOrder order =
        new RoundOrder(
            plan.seed(),
            position.state().epoch(),
            position.minibatches(),
            minibatches,
            plan.batchSize());
    return new WorkerRound<>(work, order, position.round(), exchange);
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
