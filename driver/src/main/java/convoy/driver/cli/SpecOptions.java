package convoy.driver.cli;

import convoy.driver.sweep.AcceptedOptions;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** What {@code train} accepts, asked by a sweep's specification. */
final class SpecOptions implements AcceptedOptions {
  private final CommandSpec options = CommandSpec.forAnnotatedObject(new TrainOptions());

  @Override
  public boolean knows(String name) {
    return options.findOption("--" + name) != null;
  }

  @Override
  public List<String> names() {
    return options.options().stream().map(option -> option.longestName().substring(2)).toList();
  }

  @Override
  public Optional<String> refusal(String name, Object value) {
    OptionSpec option = options.findOption("--" + name);
    boolean isSwitch = option.arity().max() == 0;
    if (isSwitch || value instanceof Boolean) {
      return isSwitch && value instanceof Boolean
          ? Optional.empty()
          : Optional.of(
              isSwitch
                  ? "must be true or false, got " + value
                  : "must not be true or false, got " + value);
    }
    try {
      for (ITypeConverter<?> converter : option.converters()) {
        converter.convert(value.toString());
      }
      return Optional.empty();
    } catch (TypeConversionException e) {
      return Optional.of(e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
