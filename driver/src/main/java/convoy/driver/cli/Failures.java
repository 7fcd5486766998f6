package convoy.driver.cli;

import convoy.data.InvalidDataException;
import convoy.data.source.SourceUnavailableException;
import convoy.driver.CommandLineException;
import convoy.driver.gpu.DeviceException;
import convoy.driver.store.Files;
import convoy.driver.sweep.TooManyFailuresException;
import convoy.driver.train.DivergedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns what goes wrong into one message and an exit status: a person's mistake without a stack
 * trace, a mistake of ours with one.
 */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private static final int FAILED = 1;
  private static final int WRONG_COMMAND_LINE = 2;
  private static final int INTERRUPTED = 130;

  private Failures() {}

  /** The same command line, reporting as this class says. */
  public static CommandLine reported(CommandLine commands) {
    // Parsing goes on after a mistake, so that all of them are reported together.
    collectErrors(commands);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExecutionStrategy(
        parsed -> {
          List<Exception> mistakes = mistakes(parsed);
          return mistakes.isEmpty()
              ? new RunLast().execute(parsed)
              : reportMistakes(commands.getErr(), mistakes);
        });
    commands.setParameterExceptionHandler(
        (mistake, args) -> reportMistakes(commands.getErr(), List.of(mistake)));
    commands.setExecutionExceptionHandler(
        (failure, command, parsed) -> report(commands.getErr(), failure));
    return commands;
  }

  private static void collectErrors(CommandLine commands) {
    commands.getCommandSpec().parser().collectErrors(true);
    commands.getSubcommands().values().forEach(Failures::collectErrors);
  }

  private static List<Exception> mistakes(ParseResult parsed) {
    List<Exception> mistakes = new ArrayList<>();
    boolean help = false;
    for (ParseResult level = parsed; level != null; level = level.subcommand()) {
      mistakes.addAll(level.errors());
      help |= level.isUsageHelpRequested() || level.isVersionHelpRequested();
    }
    return help ? List.of() : mistakes;
  }

  private static int reportMistakes(PrintWriter err, List<Exception> mistakes) {
    for (Exception mistake : mistakes) {
      err.println(mistake.getMessage());
      if (mistake instanceof UnmatchedArgumentException unmatched) {
        UnmatchedArgumentException.printSuggestions(unmatched, err);
      }
    }
    err.println("`--help` lists the options.");
    return WRONG_COMMAND_LINE;
  }

  private static int report(PrintWriter err, Exception failure) {
    LOG.info("the command failed", failure);
    if (Interruption.begun()) {
      return INTERRUPTED;
    }
    int status = reportCause(err, failure);
    if (failure instanceof UnfinishedRunException && status == FAILED) {
      err.println(failure.getMessage());
    }
    return status;
  }

  private static int reportCause(PrintWriter err, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CommandLineException) {
        err.println(cause.getMessage());
        return WRONG_COMMAND_LINE;
      }
      if (cause instanceof InvalidDataException
          || cause instanceof SourceUnavailableException
          || cause instanceof DeviceException
          || cause instanceof DivergedException
          || cause instanceof TooManyFailuresException) {
        err.println(cause.getMessage());
        return FAILED;
      }
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof UncheckedIOException) {
        err.println(cause.getClass().getSimpleName() + ": " + Files.firstLine(cause));
        return FAILED;
      }
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkException) {
        err.println("Spark gave up: " + Files.firstLine(cause));
        return FAILED;
      }
    }
    err.println("This is a mistake in Convoy or something it did not expect:");
    failure.printStackTrace(err);
    return FAILED;
  }
}
