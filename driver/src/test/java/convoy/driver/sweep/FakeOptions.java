package convoy.driver.sweep;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Some options of {@code train}, with what they say of values they refuse. */
final class FakeOptions implements AcceptedOptions {
  private record Option(String must, Predicate<Object> accepts) {}

  private static final Option WHOLE =
      new Option("a whole number from 0", v -> v instanceof Long number && number >= 0);
  private static final Option FRACTION =
      new Option("a fraction from 0 to below 1", v -> number(v) >= 0 && number(v) < 1);

  private final Map<String, Option> options =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "model",
                  new Option(
                      "a network", v -> List.of("lenet5", "cnn-small", "cnn-deep").contains(v))),
              Map.entry("epochs", WHOLE),
              Map.entry("validation", WHOLE),
              Map.entry("evaluation-batch-size", WHOLE),
              Map.entry("batch-size", WHOLE),
              Map.entry("dense-units", WHOLE),
              Map.entry("steps", WHOLE),
              Map.entry("workers", WHOLE),
              Map.entry("seed", WHOLE),
              Map.entry("patience", WHOLE),
              Map.entry("dropout", FRACTION),
              Map.entry("outer-momentum", FRACTION),
              Map.entry(
                  "learning-rate",
                  new Option("above 0 and at most 100", v -> number(v) > 0 && number(v) <= 100)),
              Map.entry(
                  "rotation", new Option("0 to 180", v -> number(v) >= 0 && number(v) <= 180)),
              Map.entry(
                  "optimizer", new Option("an optimizer", v -> List.of("sgd", "adam").contains(v))),
              Map.entry("schedule", new Option("a schedule", "cosine"::equals)),
              Map.entry("early-stopping", new Option("a measure", "loss"::equals)),
              Map.entry(
                  "horizontal-flip", new Option("true or false", Boolean.class::isInstance))));

  @Override
  public boolean knows(String name) {
    return options.containsKey(name);
  }

  @Override
  public List<String> names() {
    return List.copyOf(options.keySet());
  }

  @Override
  public Optional<String> refusal(String name, Object value) {
    Option option = options.get(name);
    return option.accepts().test(value)
        ? Optional.empty()
        : Optional.of("must be %s, got %s".formatted(option.must(), value));
  }

  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
