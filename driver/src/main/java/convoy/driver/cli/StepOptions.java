package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.cli.Console.Setting;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Recipe;
import convoy.model.zoo.Schedule;
import java.util.List;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** How a minibatch changes the parameters, as given on the command line. */
final class StepOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      converter = Values.OptimizerName.class,
      description = "sgd, nesterov, adam or rmsprop (default: the network's).")
  private Optimizer optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      converter = Values.LearningRate.class,
      description = "Step size (default: the network's).")
  private Double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      converter = Values.ScheduleName.class,
      description =
          "How the learning rate changes over the run: constant, step, cosine, one-cycle or exponential (default: the network's).")
  private Schedule schedule;

  @Option(
      names = "--decay",
      paramLabel = "X",
      converter = Values.Factor.class,
      description =
          "What the schedule multiplies by: step (default: 0.1) after half of the run and after three quarters, exponential (default: 0.95) after every epoch.")
  private Double decay;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Minibatches over which the learning rate rises from 0 (default: 0).")
  private Integer warmup;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      converter = Values.Fraction.class,
      description = "What all classes share of each label's 1 (default: 0).")
  private Double labelSmoothing;

  @Option(
      names = "--clip-gradients",
      paramLabel = "X",
      converter = Values.Positive.class,
      description =
          "Scale the gradient of a layer down to this L2 norm where it is longer (default: never).")
  private Double clipGradients;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      converter = Values.Fraction.class,
      description =
          "Share that each step takes off every weight, times the learning rate; biases stay (default: 0).")
  private Double weightDecay;

  /** Refuses what options say against each other. */
  void check(Recipe recipe) {
    Schedule inForce = Values.or(schedule, recipe.schedule());
    if (decay != null && !inForce.decays()) {
      throw new CommandLineException(
          "--decay: the %s schedule has none; step and exponential have."
              .formatted(inForce.commandLineName()));
    }
  }

  /** The settings in force for a run of that many minibatches of each worker. */
  StepSettings settings(Recipe recipe, int iterations, int iterationsPerEpoch) {
    Schedule inForce = Values.or(schedule, recipe.schedule());
    LearningRate rate =
        new LearningRate(
            Values.or(learningRate, recipe.learningRate()),
            inForce,
            Values.or(decay, inForce.standardDecay()),
            Values.or(warmup, 0),
            iterations,
            iterationsPerEpoch);
    return new StepSettings(
        Values.or(optimizer, recipe.optimizer()),
        rate,
        Values.or(labelSmoothing, 0.0),
        Values.or(clipGradients, 0.0),
        weightDecay == null ? OptionalDouble.empty() : OptionalDouble.of(weightDecay));
  }

  /** What a person is shown of the settings. */
  static List<Setting> shown(StepSettings settings, Recipe recipe) {
    LearningRate rate = settings.learningRate();
    return List.of(
        Setting.of(
            "optimizer",
            settings.optimizer().commandLineName(),
            recipe.optimizer().commandLineName()),
        Setting.of("learning rate", rate.value(), recipe.learningRate()),
        Setting.of("schedule", described(rate), recipe.schedule().commandLineName()),
        Setting.of("regularisation", regularisation(settings), "none"));
  }

  private static String described(LearningRate rate) {
    Schedule schedule = rate.schedule();
    return schedule.commandLineName()
        + (rate.decay() == schedule.standardDecay() ? "" : " by " + rate.decay())
        + (rate.warmup() == 0 ? "" : ", warm-up %d minibatches".formatted(rate.warmup()));
  }

  private static String regularisation(StepSettings settings) {
    return Values.list(
        Values.part("label smoothing %s", settings.labelSmoothing(), 0),
        Values.part("gradients up to %s a layer", settings.longestGradient(), 0),
        Values.part("weight decay %s", settings.weightDecay().orElse(0), 0));
  }
}
