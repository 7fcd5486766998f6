package convoy.driver.sweep;

import convoy.driver.evaluate.Counts;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.driver.train.ImageWork;
import convoy.driver.train.LocalRounds;
import convoy.driver.train.Position;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingListener.EpochSummary;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.TrainingState;
import java.io.Serializable;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.apache.spark.broadcast.Broadcast;

/**
 * One epoch of a trial and its validation, in one task. What it gives follows from where the trial
 * stands and from its settings, so another executor gives the same.
 *
 * @param from where the trial stands; null at its beginning
 */
public record TrialEpoch(
    ImageWork work,
    TrainingPlan plan,
    int classes,
    Broadcast<SweepImages> images,
    Broadcast<Position> from)
    implements PartitionJob.Work<Integer, TrialEpoch.Outcome> {

  @Override
  public Outcome run(int partition, Iterator<Integer> nothing) {
    long start = System.nanoTime();
    // What cannot be fetched is the cluster's fault: the task fails, and Spark tries it elsewhere.
    SweepImages all = images.value();
    Position begin = from == null ? null : from.value();
    Engine engine = work.engine();
    try {
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("trial", work.runId()),
              () -> new Networks(engine.trainer(), engine.scorer()),
              networks -> run(networks, all, begin, start));
    } catch (OutOfMemoryError | IllegalArgumentException e) {
      // The network cannot be built.
      return Outcome.failed(e);
    }
  }

  private Outcome run(Networks networks, SweepImages all, Position begin, long start) {
    try {
      return trained(networks, all, begin, start);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The trial's own doing: Spark would only try it again, and then give up the whole sweep.
      return Outcome.failed(e);
    }
  }

  private Outcome trained(Networks networks, SweepImages all, Position begin, long start) {
    Training training =
        new Training(
            plan,
            new LocalRounds(work, networks.trainer, all.training()),
            Training.Sizes.even(all.trainingImages(), 1));
    Epoch epoch = new Epoch();
    training.run(begin == null ? training.start(work.engine().initialState()) : begin, epoch);
    long trained = System.nanoTime();
    networks.scorer.load(epoch.model().parameters());
    Counts counts =
        Evaluator.counts(networks.scorer, work.shape(), classes, all.validation().iterator());
    long end = System.nanoTime();
    return new Outcome(
        epoch.summary(),
        counts,
        epoch.position(),
        (end - trained) / 1e9,
        (end - start) / 1e9,
        null);
  }

  /**
   * What came of it.
   *
   * @param validation on held-out images
   * @param reached from where the trial goes on
   * @param validationSeconds among the others
   * @param seconds that the slot was taken
   * @param failure why the trial cannot go on; null, as the others are then, where it can
   */
  public record Outcome(
      EpochSummary summary,
      Counts validation,
      Position reached,
      double validationSeconds,
      double seconds,
      String failure)
      implements Serializable {
    static Outcome failed(Throwable reason) {
      String message = reason.getMessage() == null ? reason.toString() : reason.getMessage();
      String words = message.lines().findFirst().orElse(message);
      return new Outcome(
          null,
          null,
          null,
          0,
          0,
          reason instanceof OutOfMemoryError ? "out of memory: " + words : words);
    }
  }

  /** A trial's, alive in a slot as long as no other trial takes it. */
  private record Networks(LocalTrainer trainer, LocalScorer scorer) implements AutoCloseable {
    @Override
    public void close() {
      trainer.close();
      scorer.close();
    }
  }

  /** Stops after one epoch and remembers it. */
  public static final class Epoch implements TrainingListener {
    private EpochSummary summary;
    private TrainingState model;
    private Position position;

    @Override
    public void roundDone(Progress progress) {}

    @Override
    public void epochDone(EpochSummary done, TrainingState state) {
      summary = done;
      model = state;
    }

    @Override
    public void reached(Position now) {
      position = now;
    }

    @Override
    public boolean hasEnough() {
      return summary != null;
    }

    /** The epoch. */
    public EpochSummary summary() {
      return summary;
    }

    /** What is validated. */
    public TrainingState model() {
      return model;
    }

    /** From where training goes on. */
    public Position position() {
      return position;
    }
  }
}
