package convoy.driver.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /**
   * Settings by the names of the options, as the command line has them.
   *
   * @param settings of which the images, which are no training option, are left out
   */
  static List<String> arguments(Map<String, Object> settings) {
    List<String> arguments = new ArrayList<>();
    settings.forEach(
        (name, value) -> {
          if (Boolean.TRUE.equals(value)) {
            arguments.add("--" + name);
          } else if (!name.equals("data") && !Boolean.FALSE.equals(value)) {
            arguments.add("--" + name + "=" + value);
          }
        });
    return arguments;
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
