package convoy.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server of a cluster under test: a Java process whose screen goes to a file. Stopping it stops
 * what it has started, too.
 */
final class Daemon implements AutoCloseable {
  /** How long a server may take until it serves. */
  static final int READY_SECONDS = 300;

  /**
   * Below what systems hand out by themselves: an outgoing connection would take a port before its
   * server does, or while that is being restarted.
   */
  private static final AtomicInteger PORTS =
      new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() % 100) * 100);

  private final Process process;
  private final Path log;
  private final List<ProcessHandle> started = new ArrayList<>();

  private Daemon(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts one; its log is NAME.log in the folder, and goes on where there is one already. */
  static Daemon start(
      Path folder, String name, Map<String, String> environment, List<String> command) {
    Path log = folder.resolve(name + ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(Files.createDirectories(folder).toFile())
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      return new Daemon(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port of the loopback address that nobody listens on, for the caller alone. */
  static int freePort() {
    while (true) {
      int port = PORTS.getAndIncrement();
      if (isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until so many lines of the log have matched, and returns the last match. */
  Matcher await(String pattern, int times) {
    Pattern wanted = Pattern.compile(pattern);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (true) {
      String text = log();
      Matcher matcher = wanted.matcher(text);
      int found = 0;
      while (matcher.find()) {
        found++;
        if (found == times) {
          return matcher;
        }
      }
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new AssertionError("'%s' did not appear in %s:%n%s".formatted(pattern, log, text));
      }
      pause(50);
    }
  }

  /** Waits for its good end. */
  void awaitSuccess() {
    try {
      if (!process.waitFor(READY_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("%s did not end well:%n%s".formatted(log, log()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What it has printed so far. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processes that it has started, and they in turn. */
  Stream<ProcessHandle> children() {
    return process.descendants();
  }

  /** Ends it alone, at once. */
  void kill() {
    children().forEach(started::add);
    process.destroyForcibly();
    awaitEnd(process.toHandle());
  }

  /** Stops it and all it has started from running, as an overloaded machine does. */
  void freeze() {
    signal("STOP");
  }

  /** Undoes {@link #freeze}. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    Stream.concat(Stream.of(process.toHandle()), children())
        .forEach(each -> signal(name, each.pid()));
  }

  static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    thaw();
    children().forEach(started::add);
    process.destroy();
    awaitEnd(process.toHandle());
    for (ProcessHandle each : started) {
      each.destroyForcibly();
      awaitEnd(each);
    }
  }

  /** What does not end by itself is ended; what is dead but was not reaped is left. */
  private static void awaitEnd(ProcessHandle handle) {
    long begun = System.nanoTime();
    while (handle.isAlive()) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
      if (seconds > 20) {
        handle.destroyForcibly();
      }
      if (seconds > 30) {
        return;
      }
      pause(20);
    }
  }

  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
