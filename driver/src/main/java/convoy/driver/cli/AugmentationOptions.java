package convoy.driver.cli;

import convoy.data.augment.Augmentation;
import convoy.driver.cli.Console.Setting;
import java.util.Map;
import picocli.CommandLine.Option;

/** How training images are varied, as given on the command line. */
final class AugmentationOptions {
  @Option(
      names = "--rotation",
      paramLabel = "DEGREES",
      converter = Values.Degrees.class,
      description = "Rotate by up to this angle either way (default: 0).")
  private Double rotation;

  @Option(
      names = "--width-shift",
      paramLabel = "FRACTION",
      converter = Values.Fraction.class,
      description = "Shift left or right by up to this share of the width (default: 0).")
  private Double widthShift;

  @Option(
      names = "--height-shift",
      paramLabel = "FRACTION",
      converter = Values.Fraction.class,
      description = "Shift up or down by up to this share of the height (default: 0).")
  private Double heightShift;

  @Option(names = "--horizontal-flip", description = "Mirror half of the images left to right.")
  private boolean horizontalFlip;

  @Option(names = "--vertical-flip", description = "Mirror half of the images top to bottom.")
  private boolean verticalFlip;

  /** The settings in force. */
  Augmentation settings() {
    return new Augmentation(
        Values.or(rotation, 0.0),
        Values.or(widthShift, 0.0),
        Values.or(heightShift, 0.0),
        horizontalFlip,
        verticalFlip);
  }

  /** By the names of the options. */
  static void putInto(Augmentation settings, Map<String, Object> map) {
    map.put("rotation", settings.rotationDegrees());
    map.put("width-shift", settings.widthShift());
    map.put("height-shift", settings.heightShift());
    map.put("horizontal-flip", settings.horizontalFlip());
    map.put("vertical-flip", settings.verticalFlip());
  }

  /** Undoes {@link #putInto}. */
  static Augmentation of(Map<String, Object> map) {
    return new Augmentation(
        ((Number) map.get("rotation")).doubleValue(),
        ((Number) map.get("width-shift")).doubleValue(),
        ((Number) map.get("height-shift")).doubleValue(),
        (Boolean) map.get("horizontal-flip"),
        (Boolean) map.get("vertical-flip"));
  }

  /** What a person is shown of the settings. */
  static Setting shown(Augmentation settings) {
    String parts =
        Values.list(
            Values.part("rotation %s degrees", settings.rotationDegrees(), 0),
            Values.part("width shift %s", settings.widthShift(), 0),
            Values.part("height shift %s", settings.heightShift(), 0),
            settings.horizontalFlip() ? "horizontal flip" : "",
            settings.verticalFlip() ? "vertical flip" : "");
    return Setting.of("augmentation", parts, "none");
  }
}
