package convoy.driver.cli;

import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import convoy.driver.store.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options of a run that goes on, read back from its {@code run.json}. */
final class StoredOptions {
  private StoredOptions() {}

  /**
   * The run's own options.
   *
   * @param given on the command line now
   * @throws CommandLineException with all differences, if an option given now is another than the
   *     run's
   */
  static TrainOptions of(RunRecord run, List<OptionSpec> given) {
    ParsedOptions stored;
    try {
      stored = ParsedOptions.of(ParsedOptions.arguments(run.settings()));
    } catch (ParameterException e) {
      throw new InvalidDataException("run.json: " + e.getMessage(), e);
    }
    List<String> differences = new ArrayList<>();
    for (OptionSpec option : given) {
      OptionSpec own = stored.option(option.longestName());
      if (own != null && !Objects.equals(own.getValue(), option.getValue())) {
        differences.add(
            "  %s: the run has %s, the command line says %s"
                .formatted(option.longestName(), text(run, option), given(option)));
      }
    }
    if (!differences.isEmpty()) {
      throw new CommandLineException(
          "--resume goes on with the run's own settings; leave these options out, or begin another"
              + " run:\n"
              + String.join("\n", differences));
    }
    return stored.options();
  }

  /** Of an option that a recipe has too, the command line's value is the last. */
  private static String given(OptionSpec option) {
    List<String> values = option.originalStringValues();
    return values.get(values.size() - 1);
  }

  private static String text(RunRecord run, OptionSpec option) {
    Object value = run.settings().get(option.longestName().substring(2));
    return value == null ? "none" : value.toString();
  }
}
