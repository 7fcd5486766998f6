package convoy.driver.train;

import convoy.driver.slot.PartitionJob;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Rounds as Spark jobs over cached shards. Driver only; not serialisable.
 *
 * @param <T> what a shard consists of
 */
public final class SparkRounds<T> implements Rounds {
  /** The most that the driver holds of workers' states in a round; above, executors average. */
  private static final long DRIVER_BYTES = 256L << 20;

  private final JavaSparkContext spark;
  private final LocalWork<T> work;
  private final JavaRDD<T> shards;
  private final long driverBytes;

  /**
   * Of one run.
   *
   * @param work what workers do with their shards
   * @param shards one partition a worker, cached
   */
  public SparkRounds(JavaSparkContext spark, LocalWork<T> work, JavaRDD<T> shards) {
    this(spark, work, shards, DRIVER_BYTES);
  }

  SparkRounds(JavaSparkContext spark, LocalWork<T> work, JavaRDD<T> shards, long driverBytes) {
    this.spark = spark;
    this.work = work;
    this.shards = shards;
    this.driverBytes = driverBytes;
  }

  @Override
  public List<RunningStatistics> runningStatistics() {
    return work.runningStatistics();
  }

  @Override
  public Round fit(RoundOrder order, int round, TrainingState state) {
    long start = System.nanoTime();
    try (Exchange exchange = Exchange.of(spark, state)) {
      return average(new WorkerRound<>(work, order, round, exchange), state, start);
    }
  }

  private Round average(WorkerRound<T> round, TrainingState state, long start) {
    List<RunningStatistics> statistics = runningStatistics();
    long values = (long) state.parameters().length + state.updaterState().length;
    if (values * Float.BYTES * shards.getNumPartitions() > driverBytes) {
      ExecutorAverage.Averaged averaged = ExecutorAverage.of(shards, round, state, statistics);
      return Round.of(averaged.state(), averaged.results(), start, System.nanoTime());
    }
    List<WorkerResult> sent =
        PartitionJob.run(shards, WorkerResult.class, new WorkerRound.Sent<>(round));
    List<WorkerResult> results =
        IntStream.range(0, sent.size())
            .mapToObj(worker -> round.exchange().receive(worker, sent.get(worker)))
            .toList();
    long collected = System.nanoTime();
    return Round.of(ParameterAverage.of(state, results, statistics), results, start, collected);
  }

  @Override
  public WorkerStatistics statistics(RoundOrder order, int round, TrainingState model) {
    try (Exchange exchange = Exchange.of(spark, model)) {
      List<WorkerStatistics> seen =
          PartitionJob.run(
              shards,
              WorkerStatistics.class,
              new WorkerRound.Statistics<>(new WorkerRound<>(work, order, round, exchange)));
      return WorkerStatistics.pooled(seen, RunningStatistics.compact(runningStatistics()));
    }
  }
}
