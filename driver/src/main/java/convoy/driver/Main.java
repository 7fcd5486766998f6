package convoy.driver;

import convoy.driver.cli.CompareCommand;
import convoy.driver.cli.DescribeCommand;
import convoy.driver.cli.EvaluateCommand;
import convoy.driver.cli.Failures;
import convoy.driver.cli.PredictCommand;
import convoy.driver.cli.PrepareCommand;
import convoy.driver.cli.SweepCommand;
import convoy.driver.cli.TrainCommand;
import convoy.model.engine.ComputeDevice;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Convoy's entry, for {@code spark-submit} and for the launcher alike: a list of commands. */
@Command(
    name = "convoy",
    description = "Trains convolutional networks on a Spark cluster.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Versions.class,
    subcommands = {
      PrepareCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      PredictCommand.class,
      SweepCommand.class,
      DescribeCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs one command; what did not go well ends the process with its exit status. */
  public static void main(String[] args) {
    ComputeDevice.properties()
        .forEach((key, value) -> System.setProperty(key, System.getProperty(key, value)));
    int status = run(args);
    // On YARN a driver that exits by itself, even with 0, counts as failed and is started again.
    if (status != 0) {
      System.exit(status);
    }
  }

  /**
   * Runs one command and returns its exit status: 0 done, 1 failed, 2 asked for what cannot be
   * done, 3 a gate was not met.
   */
  static int run(String... args) {
    return Failures.reported(new CommandLine(new Main())).execute(args);
  }

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Version version = Version.current();
      return new String[] {"convoy %s (%s)".formatted(version.number(), version.commit())};
    }
  }
}
