package convoy.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is still done when the process is told to end, by Ctrl-C or by a scheduler. The JVM's exit
 * status is then 128 and the signal's number: 130 for Ctrl-C.
 */
final class Interruption {
  private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);

  /** Above Spark's and Hadoop's own, which take away what ours needs. */
  private static final int PRIORITY = 200;

  private static final long SECONDS = 60;
  private static volatile boolean begun;

  private Interruption() {}

  /**
   * Does {@code work}; if the process is told to end meanwhile, does {@code last} on another thread
   * before it ends.
   */
  static <T> T handledBy(Runnable last, Supplier<T> work) {
    Runnable hook =
        () -> {
          begun = true;
          // Spark's threads are interrupted where they stand, which is for the log, not the screen.
          Thread.setDefaultUncaughtExceptionHandler(
              (thread, failure) -> LOG.info("{} ended", thread.getName(), failure));
          // Scala prints what its own end by itself. Nothing of ours goes there any more.
          System.setErr(new PrintStream(new LogLines(), true, StandardCharsets.UTF_8));
          last.run();
        };
    ShutdownHookManager hooks = ShutdownHookManager.get();
    hooks.addShutdownHook(hook, PRIORITY, SECONDS, TimeUnit.SECONDS);
    try {
      return work.get();
    } finally {
      if (!hooks.isShutdownInProgress()) {
        hooks.removeShutdownHook(hook);
      }
    }
  }

  /** Sends what is printed to the log, line by line. */
  private static final class LogLines extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void write(int value) {
      if (value == '\n') {
        LOG.info("{}", line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(value);
      }
    }
  }

  /** Whether the process is ending, so that failures of its threads mean nothing any more. */
  static boolean begun() {
    return begun;
  }
}
