package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * Runs programs as a user does: as processes of their own, with their screen and exit status kept.
 */
final class Programs {
  static final Path ROOT = Path.of(System.getProperty("convoy.root")).toAbsolutePath().normalize();
  private static final int LIMIT_SECONDS = 600;

  /** What Hadoop's servers need: its own jars, what they log by, and what Java has dropped. */
  private static final Pattern HADOOP =
      Pattern.compile("/(hadoop-client-|commons-logging|slf4j-api|log4j-|bc|jaxb-|activation)");

  /** What Spark's own scripts would set, without which its processes look for a source tree. */
  static final Map<String, String> SPARK_ENVIRONMENT =
      Map.of(
          "SPARK_HOME",
          jars().getParent().toString(),
          "SPARK_SCALA_VERSION",
          "2.12",
          "SPARK_LOCAL_IP",
          "127.0.0.1");

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
    return convoy(folder, Map.of(), arguments);
  }

  /** Likewise, with variables beside those of this process. */
  static Outcome convoy(Path folder, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("deploy/bin/convoy").toString()));
    command.addAll(List.of(arguments));
    return finished(start(folder, environment, command));
  }

  /**
   * How a job is submitted.
   *
   * @param options of {@code spark-submit}
   * @param configuration Hadoop's settings, where there are any: a folder
   * @param javaOptions of the process that submits
   */
  record Spark(List<String> options, Optional<Path> configuration, List<String> javaOptions) {
    Spark(List<String> options) {
      this(options, Optional.empty(), List.of());
    }
  }

  /** Spark's own submit class with the application jar, as {@code spark-submit} runs it. */
  static Outcome sparkSubmit(Path folder, Spark spark, String... arguments) {
    return finished(start(folder, environment(spark), submission(List.of(), spark, arguments)));
  }

  /** Likewise, without Hadoop's settings. */
  static Outcome sparkSubmit(Path folder, List<String> options, String... arguments) {
    return sparkSubmit(folder, new Spark(options), arguments);
  }

  /**
   * Likewise, but does not wait. It is compiled less, so that it starts sooner; Ctrl-C reaches it
   * even where its parent is deaf to it.
   */
  static Running startSparkSubmit(Path folder, Spark spark, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(submission(List.of("-XX:TieredStopAtLevel=1"), spark, arguments));
    return start(folder, environment(spark), command);
  }

  /** Likewise, without Hadoop's settings. */
  static Running startSparkSubmit(Path folder, List<String> options, String... arguments) {
    return startSparkSubmit(folder, new Spark(options), arguments);
  }

  /** Spark's own submit class with another program than Convoy's, whose jar goes along. */
  static Outcome sparkSubmit(
      Path folder, List<String> options, Path app, String main, String... arguments) {
    List<String> all = new ArrayList<>(options);
    int jars = all.indexOf("--jars");
    all.set(jars + 1, all.get(jars + 1) + "," + jar());
    List<String> command = java(List.of(), jars() + "/*", "org.apache.spark.deploy.SparkSubmit");
    command.addAll(all);
    command.addAll(List.of("--class", main, app.toString()));
    command.addAll(List.of(arguments));
    return finished(start(folder, Map.of(), command));
  }

  private static Map<String, String> environment(Spark spark) {
    return spark
        .configuration()
        .map(folder -> Map.of("HADOOP_CONF_DIR", folder.toString()))
        .orElse(Map.of());
  }

  private static List<String> submission(
      List<String> javaOptions, Spark spark, String... arguments) {
    String classpath =
        spark.configuration().map(folder -> folder + File.pathSeparator).orElse("") + jars() + "/*";
    List<String> all = new ArrayList<>(javaOptions);
    all.addAll(spark.javaOptions());
    List<String> command = java(all, classpath, "org.apache.spark.deploy.SparkSubmit");
    command.addAll(spark.options());
    command.addAll(List.of("--class", "convoy.driver.Main", jar().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The command that submits. */
  static List<String> command(List<String> options, String... arguments) {
    return submission(List.of(), new Spark(options), arguments);
  }

  /** Any command. */
  static Outcome run(Path folder, List<String> command) {
    return run(folder, Map.of(), command);
  }

  /** Likewise, with variables beside those of this process. */
  static Outcome run(Path folder, Map<String, String> environment, List<String> command) {
    return finished(start(folder, environment, command));
  }

  /**
   * A PATH on which {@code spark-submit} is found: of a Spark from its own artifacts, which lack
   * the scripts of a downloaded one.
   */
  static String pathWithSparkSubmit(Path folder, List<String> javaOptions) {
    Path script = folder.resolve("bin/spark-submit");
    List<String> java =
        java(
            javaOptions,
            "${HADOOP_CONF_DIR:-}:" + jars() + "/*",
            "org.apache.spark.deploy.SparkSubmit");
    String quoted = java.stream().map(each -> '"' + each + '"').collect(Collectors.joining(" "));
    try {
      Files.createDirectories(script.getParent());
      Files.writeString(script, "#!/bin/sh\nexec " + quoted + " \"$@\"\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script.getParent() + File.pathSeparator + System.getenv("PATH");
  }

  /** A program of plain Java. */
  static Outcome java(Path folder, String classpath, String main, String... arguments) {
    List<String> command = java(List.of(), classpath, main);
    command.addAll(List.of(arguments));
    return finished(start(folder, Map.of(), command));
  }

  /** The command of one of Spark's own servers, which serves at an address of this machine. */
  static List<String> sparkDaemon(
      String host, List<String> javaOptions, String server, String... arguments) {
    List<String> options = new ArrayList<>(javaOptions);
    options.add("-Xmx512m");
    List<String> command = java(options, jars() + "/*", "org.apache.spark.deploy." + server);
    command.addAll(List.of("--host", host));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The command of one of Hadoop's servers, which this test's own class path has. */
  static List<String> hadoopDaemon(
      Path configuration, List<String> javaOptions, String server, String... arguments) {
    String classpath =
        Stream.concat(
                Stream.of(configuration.toString()),
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> HADOOP.matcher(entry).find()))
            .collect(Collectors.joining(File.pathSeparator));
    return daemon(classpath, javaOptions, server, arguments);
  }

  /** The command of any server that logs by log4j. */
  static List<String> daemon(
      String classpath, List<String> javaOptions, String server, String... arguments) {
    Path logs = ROOT.resolve("deploy/src/test/resources/servers.properties");
    List<String> options = new ArrayList<>(javaOptions);
    options.addAll(List.of("-Xmx512m", "-Dlog4j2.configurationFile=" + logs));
    List<String> command = java(options, classpath, server);
    command.addAll(List.of(arguments));
    return command;
  }

  /** Writes settings as Hadoop reads them. */
  static void hadoopSite(Path file, Map<String, String> settings) {
    Configuration configuration = new Configuration(false);
    settings.forEach(configuration::set);
    try {
      Files.createDirectories(file.getParent());
      try (Writer out = Files.newBufferedWriter(file)) {
        configuration.writeXml(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a process is a Spark executor. */
  static boolean isExecutor(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains("ExecutorBackend"))
        .filter(line -> !line.contains("bash -c"))
        .isPresent();
  }

  /** The application jar. */
  static Path jar() {
    return ROOT.resolve("deploy/target/convoy.jar");
  }

  /** The Java part of ND4J's CUDA backend. */
  static Path cudaBackend() {
    return ROOT.resolve("deploy/target/cuda/nd4j-cuda-11.6.jar");
  }

  static Path jars() {
    return ROOT.resolve("deploy/spark/target/spark/jars");
  }

  private static List<String> java(List<String> options, String classpath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("convoy.opens").trim().split("\\s+", -1)));
    command.add("-Xmx2g");
    command.addAll(options);
    command.addAll(List.of("-cp", classpath, main));
    return command;
  }

  private static Outcome finished(Running running) {
    if (!running.endsWithin(LIMIT_SECONDS)) {
      running.process().destroyForcibly();
      throw new AssertionError(
          "not done after %d s%n%s".formatted(LIMIT_SECONDS, running.outcome()));
    }
    return running.outcome();
  }

  private static Running start(Path folder, Map<String, String> environment, List<String> command) {
    File out = folder.resolve("screen-" + System.nanoTime() + ".out").toFile();
    File err = new File(out.getPath().replace(".out", ".err"));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectOutput(out)
              .redirectError(err);
      builder.environment().putAll(SPARK_ENVIRONMENT);
      builder.environment().putAll(environment);
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
