package convoy.driver.sweep;

import java.util.Locale;

/** So many trials failed that the sweep gave up. */
public final class TooManyFailuresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyFailuresException(int failed, int of, double most) {
    super(
        String.format(
            Locale.ROOT,
            "%d of %d trials failed, and the specification lets %.0f %% fail. sweep.jsonl has the reasons. Mend the ranges and begin another sweep, or raise `failures`.",
            failed,
            of,
            most * 100));
  }
}
