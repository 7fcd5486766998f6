package convoy.driver.cli;

import convoy.driver.store.Checkpoints;
import convoy.driver.train.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints when they are due, and the last one when the run ends or is interrupted. Safe
 * for use by several threads: an interruption comes on one of its own.
 */
final class CheckpointKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);

  private final Checkpoints checkpoints;
  private final CheckpointEvery every;
  private Position latest;
  private int written;
  private long writtenNanos = System.nanoTime();

  /**
   * Of one run.
   *
   * @param from where it begins or goes on
   */
  CheckpointKeeper(Checkpoints checkpoints, CheckpointEvery every, Position from) {
    this.checkpoints = checkpoints;
    this.every = every;
    latest = from;
    written = from.round();
  }

  /** Takes note of a position, and writes it if that is due. */
  synchronized void reached(Position position) {
    latest = position;
    Duration since = Duration.ofNanos(System.nanoTime() - writtenNanos);
    if (every.isDue(position.round() - written, since)) {
      write();
    }
  }

  /** Writes the latest position unless it is written, and returns its round. */
  synchronized int writeLatest() {
    if (latest.round() > written) {
      write();
    }
    return latest.round();
  }

  private void write() {
    try {
      checkpoints.write(latest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    written = latest.round();
    writtenNanos = System.nanoTime();
    LOG.info("checkpoint after round {}", written);
  }
}
