package convoy.driver.cli;

import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {
  @Option(
      names = "--verbose",
      description = "Show the logs of Spark and DL4J, which otherwise go to a file only.")
  private boolean verbose;

  @SuppressWarnings("unused") // picocli reads the annotation alone.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show these options.")
  private boolean help;

  boolean verbose() {
    return verbose;
  }
}
