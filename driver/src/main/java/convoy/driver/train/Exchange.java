package convoy.driver.train;

import convoy.model.engine.TrainingState;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How a round's state gets to the workers, and theirs back to the driver: by Spark's broadcast and
 * task results between processes, by reference where all of Spark is one.
 */
sealed interface Exchange extends Serializable, AutoCloseable {
  /** Begins a round from {@code state}; on the driver. */
  static Exchange of(JavaSparkContext spark, TrainingState state) {
    return Boolean.TRUE.equals(spark.isLocal())
        ? WithinJvm.open(state)
        : new BetweenJvms(spark.broadcast(state));
  }

  /** What the round starts from; on a worker. */
  TrainingState state();

  /** What travels of a worker's result; on the worker. */
  WorkerResult send(int worker, WorkerResult result);

  /** The worker's result again; on the driver. */
  WorkerResult receive(int worker, WorkerResult sent);

  /** Ends the round; on the driver. */
  @Override
  void close();

  /** Everything travels as bytes. */
  record BetweenJvms(Broadcast<TrainingState> broadcast) implements Exchange {
    @Override
    public TrainingState state() {
      return broadcast.value();
    }

    @Override
    public WorkerResult send(int worker, WorkerResult result) {
      return result;
    }

    @Override
    public WorkerResult receive(int worker, WorkerResult sent) {
      return sent;
    }

    @Override
    public void close() {
      broadcast.destroy();
    }
  }

  /**
   * States stay where they are.
   *
   * @param id of the round among all that go on in this JVM
   */
  record WithinJvm(long id) implements Exchange {
    private static final AtomicLong IDS = new AtomicLong();
    private static final Map<Long, Table> OPEN = new ConcurrentHashMap<>();

    private static WithinJvm open(TrainingState state) {
      long id = IDS.incrementAndGet();
      OPEN.put(id, new Table(state, new ConcurrentHashMap<>()));
      return new WithinJvm(id);
    }

    @Override
    public TrainingState state() {
      return table().state;
    }

    /** A task that is tried again puts the same bytes in the same place. */
    @Override
    public WorkerResult send(int worker, WorkerResult result) {
      if (result.images() > 0) {
        table().results.put(worker, result);
      }
      return result.withoutState();
    }

    @Override
    public WorkerResult receive(int worker, WorkerResult sent) {
      return sent.images() > 0 ? table().results.get(worker) : sent;
    }

    @Override
    public void close() {
      OPEN.remove(id);
    }

    private Table table() {
      Table table = OPEN.get(id);
      if (table == null) {
        // A task that Spark was told to stop, and that runs on for a moment.
        throw new IllegalStateException("the round has ended");
      }
      return table;
    }

    /** What lies ready for whom. */
    private record Table(TrainingState state, Map<Integer, WorkerResult> results) {}
  }
}
