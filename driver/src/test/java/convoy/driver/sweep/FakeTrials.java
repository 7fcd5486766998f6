package convoy.driver.sweep;

import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TestResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Trials that train nothing: after each epoch they are a little closer to what their point says.
 */
class FakeTrials implements TrialRunner {
  private final ToDoubleFunction<Trial.Ref> limit;
  private final Map<String, List<EpochResult>> stored = new HashMap<>();
  private int trained;
  private int tested;

  /** With the accuracy that a trial comes to in the end. */
  FakeTrials(ToDoubleFunction<Trial.Ref> limit) {
    this.limit = limit;
  }

  @Override
  public Trial.Cost cost(Trial.Ref ref) {
    return new Trial.Cost(1_000, 1_000_000 * (long) ref.point().values().get("n"));
  }

  @Override
  public FakeRun open(Trial.Ref ref) {
    return new FakeRun(ref);
  }

  @Override
  public void tidy(Trial.Ref ref) {}

  @Override
  public TestResult test(Trial.Ref ref) {
    tested++;
    return new TestResult(limit.applyAsDouble(ref), 0.5, 100, 90);
  }

  /** Epochs that were trained, in all lives of the driver. */
  synchronized int trained() {
    return trained;
  }

  int tested() {
    return tested;
  }

  /** Called before an epoch is trained. */
  void before(Trial.Ref ref, int epoch) {}

  final class FakeRun implements Run {
    private final Trial.Ref ref;
    private final List<EpochResult> epochs;

    private FakeRun(Trial.Ref ref) {
      this.ref = ref;
      synchronized (FakeTrials.this) {
        epochs = stored.computeIfAbsent(ref.directory(), directory -> new ArrayList<>());
      }
    }

    @Override
    public List<EpochResult> done() {
      return List.copyOf(epochs);
    }

    @Override
    public EpochResult next() {
      int epoch = epochs.size() + 1;
      before(ref, epoch);
      double accuracy = limit.applyAsDouble(ref) * (1 - Math.pow(0.5, epoch));
      EpochResult result =
          new EpochResult(epoch, 1 - accuracy, accuracy, 1 - accuracy, accuracy, 1);
      synchronized (FakeTrials.this) {
        trained++;
        epochs.add(result);
      }
      return result;
    }

    @Override
    public void end(boolean whole) {}
  }
}
