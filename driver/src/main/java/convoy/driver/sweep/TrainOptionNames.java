package convoy.driver.sweep;

import convoy.model.zoo.NearestName;
import java.util.Map;
import java.util.Optional;

/** Which options of {@code train} a sweep may set for all trials, and which it may search. */
final class TrainOptionNames {
  /** The network, which stands at the top of the file. */
  static final String MODEL = "model";

  private static final Map<String, String> NEVER =
      Map.ofEntries(
          Map.entry("data", "is given by data at the top of the file"),
          Map.entry("out", "is a folder that the sweep chooses for each trial"),
          Map.entry("workers", "is --workers-per-trial of the command"),
          Map.entry("steps", "is not for sweeps, which count epochs; give epochs instead"),
          Map.entry("resume", "is not for trials; give --resume to the sweep itself"),
          Map.entry("recipe", "is not for sweeps; give its options one by one"),
          Map.entry("checkpoint-every", "is not for trials, which keep one after every epoch"),
          Map.entry("early-stopping", "is not for trials; use stopping at the top of the file"),
          Map.entry("patience", "is not for trials; use stopping at the top of the file"),
          Map.entry("device", "is --device of the command"),
          Map.entry("seed", "is given by seed at the top of the file"));

  private static final String COMPARABLE =
      "must be the same for all trials, so that they can be compared; give it under train";

  private static final Map<String, String> FIXED_ONLY =
      Map.of(
          "epochs",
          COMPARABLE,
          "validation",
          COMPARABLE,
          "evaluation-batch-size",
          COMPARABLE,
          MODEL,
          "is searched by a list of networks as model at the top of the file");

  private final AcceptedOptions options;

  TrainOptionNames(AcceptedOptions options) {
    this.options = options;
  }

  /** Why an option cannot be set for all trials; empty if it can. */
  Optional<String> fixedRefusal(String name) {
    return name.equals(MODEL)
        ? Optional.of("is given by model at the top of the file")
        : refusal(name);
  }

  /** Why an option cannot be searched; empty if it can. */
  Optional<String> searchRefusal(String name) {
    return Optional.ofNullable(FIXED_ONLY.get(name)).or(() -> refusal(name));
  }

  private Optional<String> refusal(String name) {
    return Optional.ofNullable(NEVER.get(name))
        .or(
            () ->
                options.knows(name)
                    ? Optional.empty()
                    : Optional.of(
                        "train has no such option. Did you mean %s?"
                            .formatted(NearestName.of(name, options.names()))));
  }
}
