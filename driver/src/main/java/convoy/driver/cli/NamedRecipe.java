package convoy.driver.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** A set of options under one name; what the command line says besides overrides it. */
enum NamedRecipe {
  /**
   * Test accuracy of MNIST above 99.6 %; docs/networks.md has the runs.
   *
   * <p>Rotation and shifts are those of Deotte's convolutional network; the moving average that of
   * An et al., "An Ensemble of Simple Convolutional Neural Network Models for MNIST" (2020).
   */
  MNIST_99_6("mnist-99.6");

  private final String commandLineName;

  NamedRecipe(String commandLineName) {
    this.commandLineName = commandLineName;
  }

  private List<String> arguments() {
    return switch (this) {
      case MNIST_99_6 ->
          List.of(
              "--model=cnn-deep",
              "--epochs=30",
              "--validation=0",
              "--batch-size=64",
              "--optimizer=adam",
              "--learning-rate=1e-3",
              "--schedule=cosine",
              "--warmup=200",
              "--moving-average=0.999",
              "--rotation=10",
              "--width-shift=0.1",
              "--height-shift=0.1");
    };
  }

  /** As the command line spells it. */
  String commandLineName() {
    return commandLineName;
  }

  /** The recipe's options, and in place of some of them those that are given. */
  ParsedOptions with(List<OptionSpec> given) {
    ParsedOptions own = ParsedOptions.of(arguments());
    List<String> all = new ArrayList<>(arguments());
    for (OptionSpec option : given) {
      String name = option.longestName();
      if (own.option(name) == null) {
        continue;
      }
      if (name.equals("--steps")) {
        all.removeIf(argument -> argument.startsWith("--epochs="));
      }
      all.add(option.arity().max() == 0 ? name : name + "=" + option.originalStringValues().get(0));
    }
    return ParsedOptions.of(all);
  }
}
