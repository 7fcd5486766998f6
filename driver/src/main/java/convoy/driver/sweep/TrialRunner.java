package convoy.driver.sweep;

import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TestResult;
import java.io.IOException;
import java.util.List;

/** Trains trials on behalf of a sweep; used by several threads, each with a trial of its own. */
public interface TrialRunner {
  /** What a trial's network takes. */
  Trial.Cost cost(Trial.Ref ref);

  /**
   * Begins a trial's run or goes on with it.
   *
   * @throws TrialFailedException if its settings are refused
   */
  Run open(Trial.Ref ref) throws IOException;

  /** Deletes what only a trial needs that goes on; the journal says by now that it does not. */
  void tidy(Trial.Ref ref) throws IOException;

  /** Evaluates a finished or stopped trial's network on the test images. */
  TestResult test(Trial.Ref ref) throws IOException;

  /** A trial's run. */
  interface Run {
    /** Epochs whose checkpoint is written. */
    List<EpochResult> done();

    /**
     * Does one more epoch and writes its checkpoint.
     *
     * @throws TrialFailedException if the trial cannot go on
     */
    EpochResult next() throws IOException;

    /**
     * Saves the model of a trial that goes no further.
     *
     * @param whole whether it has done all its epochs
     */
    void end(boolean whole) throws IOException;
  }

  /** A trial cannot go on, for a reason of its own; the message is for a person. */
  final class TrialFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For that reason. */
    public TrialFailedException(String reason, Throwable cause) {
      super(reason, cause);
    }
  }
}
