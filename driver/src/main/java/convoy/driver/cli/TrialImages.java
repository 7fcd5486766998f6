package convoy.driver.cli;

import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Counts;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.driver.slot.PartitionJob;
import convoy.driver.sweep.SweepImages;
import convoy.driver.sweep.TrialEpoch;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The images of all trials, in each executor once, and what trains on them for an epoch. Safe for
 * use by several threads. Driver only; not serialisable.
 */
abstract sealed class TrialImages implements AutoCloseable {
  /**
   * Puts images in place.
   *
   * @param workers of each trial
   */
  static TrialImages of(SparkSession spark, PreparedDataset dataset, HeldOut held, int workers) {
    return workers == 1
        ? new InTasks(spark, dataset, held)
        : new OnShards(spark, dataset, held, workers);
  }

  /** Trains for an epoch from a position, or from the beginning, and validates. */
  abstract TrialEpoch.Outcome epoch(
      ImageWork work, TrainSettings settings, Optional<Position> from);

  @Override
  public abstract void close();

  /** Training images that are held out, and how many of them are scored at a time. */
  record HeldOut(long images, int batchSize) {}

  /** A trial's epoch is a task. */
  private static final class InTasks extends TrialImages {
    private final JavaSparkContext spark;
    private final int classes;
    private final Broadcast<SweepImages> images;

    InTasks(SparkSession session, PreparedDataset dataset, HeldOut held) {
      spark = Sessions.context(session);
      classes = dataset.classes().size();
      images =
          spark.broadcast(
              new SweepImages(
                  dataset.shards(session, held.images, 1).collect(),
                  dataset
                      .validationBatches(
                          session, held.images, held.batchSize, Sessions.slots(session))
                      .collect()));
    }

    @Override
    TrialEpoch.Outcome epoch(ImageWork work, TrainSettings settings, Optional<Position> from) {
      Broadcast<Position> begin = from.map(spark::broadcast).orElse(null);
      try {
        TrialEpoch epoch = new TrialEpoch(work, settings.plan(), classes, images, begin);
        return PartitionJob.run(spark.parallelize(List.of(0), 1), TrialEpoch.Outcome.class, epoch)
            .get(0);
      } finally {
        if (begin != null) {
          begin.destroy();
        }
      }
    }

    @Override
    public void close() {
      images.destroy();
    }
  }

  /**
   * A trial's epoch is rounds of averaging. Trials that run at a time have shards of their own:
   * those of one set lie on one executor each, and tasks of two trials would queue for it while
   * other slots are free.
   */
  private static final class OnShards extends TrialImages {
    private final SparkSession session;
    private final PreparedDataset dataset;
    private final HeldOut held;
    private final int workers;
    private final Deque<Shards> idle = new ConcurrentLinkedDeque<>();

    OnShards(SparkSession session, PreparedDataset dataset, HeldOut held, int workers) {
      this.session = session;
      this.dataset = dataset;
      this.held = held;
      this.workers = workers;
    }

    private record Shards(JavaRDD<ImageBlock> training, JavaRDD<ImageBlock> validation) {}

    private Shards read() {
      StorageLevel level = StorageLevel.MEMORY_AND_DISK();
      Shards shards =
          new Shards(
              dataset.shards(session, held.images, workers).persist(level),
              dataset
                  .validationBatches(session, held.images, held.batchSize, workers)
                  .persist(level));
      // Now, so that no trial's first epoch takes longer for it.
      shards.training.count();
      shards.validation.count();
      return shards;
    }

    @Override
    TrialEpoch.Outcome epoch(ImageWork work, TrainSettings settings, Optional<Position> from) {
      Shards shards = Optional.ofNullable(idle.poll()).orElseGet(this::read);
      try {
        return epoch(shards, work, settings, from);
      } finally {
        idle.push(shards);
      }
    }

    private TrialEpoch.Outcome epoch(
        Shards shards, ImageWork work, TrainSettings settings, Optional<Position> from) {
      long start = System.nanoTime();
      JavaSparkContext spark = Sessions.context(session);
      long images = dataset.manifest().counts().train() - held.images;
      Training training =
          new Training(
              settings.plan(),
              new SparkRounds<>(spark, work, shards.training),
              Training.Sizes.even(images, workers));
      TrialEpoch.Epoch epoch = new TrialEpoch.Epoch();
      training.run(from.orElseGet(() -> training.start(work.engine().initialState())), epoch);
      long trained = System.nanoTime();
      Counts counts =
          new Evaluator(
                  spark,
                  work.runId(),
                  work.engine(),
                  work.shape(),
                  dataset.classes().size(),
                  Views.NONE)
              .evaluate(shards.validation, epoch.model().parameters());
      long end = System.nanoTime();
      return new TrialEpoch.Outcome(
          epoch.summary(),
          counts,
          epoch.position(),
          (end - trained) / 1e9,
          (end - start) / 1e9,
          null);
    }

    @Override
    public void close() {
      for (Shards shards : idle) {
        shards.training.unpersist();
        shards.validation.unpersist();
      }
    }
  }
}
