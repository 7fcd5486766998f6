package convoy.driver.cli;

import org.apache.hadoop.fs.Path;

/** A run ended before its end, and can go on; the message says how. */
final class UnfinishedRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnfinishedRunException(Path run, Throwable cause) {
    this("The run can go on: train --resume --out " + run, cause);
  }

  UnfinishedRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
