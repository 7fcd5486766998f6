package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.cli.Console.Setting;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Variation;
import convoy.model.zoo.Zoo;
import java.util.Map;
import picocli.CommandLine.Option;

/** What is changed of a named network, as given on the command line. */
final class NetworkOptions {
  @Option(
      names = "--dropout",
      paramLabel = "X",
      converter = Values.Fraction.class,
      description =
          "Share of values that each dropout layer zeroes; a network without one gets one behind each hidden dense layer (default: the network's).")
  private Double dropout;

  @Option(
      names = "--filters",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description =
          "Filters of the first convolution; the others' change in proportion (default: the network's).")
  private Integer filters;

  @Option(
      names = "--dense-units",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Units of each hidden dense layer (default: the network's).")
  private Integer denseUnits;

  /** The network of that name, so changed. */
  Network named(String model, InputShape input, int classes) {
    Network network;
    try {
      network = Zoo.named(model, input, classes);
    } catch (IllegalArgumentException e) {
      throw new CommandLineException("--model " + e.getMessage(), e);
    }
    try {
      return new Variation(dropout, filters, denseUnits).applyTo(network);
    } catch (IllegalArgumentException e) {
      throw new CommandLineException("--" + e.getMessage(), e);
    }
  }

  /** What is changed, by the names of the options. */
  static void putInto(Variation variation, Map<String, Object> map) {
    if (variation.dropout() != null) {
      map.put("dropout", variation.dropout());
    }
    if (variation.filters() != null) {
      map.put("filters", variation.filters());
    }
    if (variation.denseUnits() != null) {
      map.put("dense-units", variation.denseUnits());
    }
  }

  /** What a person is shown of it. */
  static Setting shown(Variation variation) {
    return Setting.of("variation", described(variation), "none");
  }

  /** For example {@code dropout 0.3, filters 12}. */
  static String described(Variation variation) {
    return Values.list(
        part("dropout", variation.dropout()),
        part("filters", variation.filters()),
        part("dense units", variation.denseUnits()));
  }

  private static String part(String name, Number value) {
    return value == null ? "" : name + " " + value;
  }
}
