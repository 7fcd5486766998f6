package convoy.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs as a user does: as processes of their own, with their screen and exit status kept.
 */
final class Programs {
  private static final Path ROOT =
      Path.of(System.getProperty("convoy.root")).toAbsolutePath().normalize();
  private static final int LIMIT_SECONDS = 300;

  private Programs() {}

  /**
   * What a program left.
   *
   * @param out its standard output
   * @param err its standard error
   */
  record Outcome(int status, String out, String err) {}

  /** The launcher. */
  static Outcome convoy(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("deploy/bin/convoy").toString()));
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  /** Spark's own submit class with the application jar, as {@code spark-submit} runs it. */
  static Outcome sparkSubmit(Path folder, List<String> options, String... arguments) {
    return run(folder, submission(List.of(), options, arguments));
  }

  /**
   * Likewise, but does not wait. It is compiled less, so that it starts sooner; Ctrl-C reaches it
   * even where its parent is deaf to it.
   */
  static Running startSparkSubmit(Path folder, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(submission(List.of("-XX:TieredStopAtLevel=1"), options, arguments));
    return start(folder, command);
  }

  private static List<String> submission(
      List<String> javaOptions, List<String> options, String... arguments) {
    List<String> command = java(javaOptions, jars() + "/*", "org.apache.spark.deploy.SparkSubmit");
    command.addAll(options);
    command.addAll(List.of("--class", "convoy.driver.Main", jar().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A program of plain Java. */
  static Outcome java(Path folder, String classpath, String main, String... arguments) {
    List<String> command = java(List.of(), classpath, main);
    command.addAll(List.of(arguments));
    return run(folder, command);
  }

  /** The application jar. */
  static Path jar() {
    return ROOT.resolve("deploy/target/convoy.jar");
  }

  private static Path jars() {
    return ROOT.resolve("deploy/spark/target/spark/jars");
  }

  private static List<String> java(List<String> options, String classpath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("convoy.opens").trim().split("\\s+", -1)));
    command.addAll(options);
    command.addAll(List.of("-Xmx2g", "-cp", classpath, main));
    return command;
  }

  private static Outcome run(Path folder, List<String> command) {
    Running running = start(folder, command);
    if (!running.endsWithin(LIMIT_SECONDS)) {
      running.process().destroyForcibly();
      throw new AssertionError(
          "%s: not done after %d s%n%s".formatted(command, LIMIT_SECONDS, running.outcome()));
    }
    return running.outcome();
  }

  private static Running start(Path folder, List<String> command) {
    File out = folder.resolve("screen-" + System.nanoTime() + ".out").toFile();
    File err = new File(out.getPath().replace(".out", ".err"));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectOutput(out)
              .redirectError(err);
      // What a local cluster's workers look for.
      builder.environment().put("SPARK_HOME", jars().getParent().toString());
      builder.environment().put("SPARK_SCALA_VERSION", "2.12");
      return new Running(builder.start(), out.toPath(), err.toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A program that may not have ended. */
  record Running(Process process, Path out, Path err) {
    boolean endsWithin(int seconds) {
      try {
        return process.waitFor(seconds, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** So far; the status is -1 while the program runs. */
    Outcome outcome() {
      try {
        return new Outcome(
            process.isAlive() ? -1 : process.exitValue(),
            Files.readString(out),
            Files.readString(err));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
