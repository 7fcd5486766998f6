package convoy.driver.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/** Training options from another place than the command line. */
@Command
final class ParsedOptions {
  @Mixin private TrainOptions options;

  private final CommandLine command = new CommandLine(this).setOverwrittenOptionsAllowed(true);

  private ParsedOptions() {}

  /**
   * Reads arguments as the command line has them; of an option given twice the last one counts.
   *
   * @throws CommandLine.ParameterException if one is wrong
   */
  static ParsedOptions of(List<String> arguments) {
    ParsedOptions parsed = new ParsedOptions();
    parsed.command.parseArgs(arguments.toArray(String[]::new));
    return parsed;
  }

  TrainOptions options() {
    return options;
  }

  /** The options that were among the arguments. */
  List<OptionSpec> given() {
    return command.getParseResult().matchedOptions();
  }

  /** The option of that name as it was read; null if it is none of training's. */
  OptionSpec option(String name) {
    return command.getCommandSpec().findOption(name);
  }
}
