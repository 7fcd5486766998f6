package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.cli.Console.Setting;
import convoy.driver.train.Averaging;
import convoy.driver.train.Averaging.UpdaterState;
import convoy.driver.train.AveragingFrequency;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Optimizer;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How workers' results are averaged, as given on the command line. */
final class AveragingOptions {
  private static final int FREQUENCY = 10;

  @Option(
      names = "--averaging-frequency",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description =
          "Minibatches a worker fits between two averagings (default: " + FREQUENCY + ").")
  private Integer frequency;

  @Option(
      names = "--averaging-schedule",
      paramLabel = "NAME",
      converter = Values.FrequencyKind.class,
      description =
          "constant; post-local: after every minibatch until the learning rate first falls; growing: with the square of the learning rate's fall (default: constant).")
  private AveragingFrequency.Kind kind;

  @Option(
      names = "--outer-learning-rate",
      paramLabel = "X",
      converter = Values.Positive.class,
      description = "Share of the way to the mean that a round goes (default: 1).")
  private Double outerLearningRate;

  @Option(
      names = "--outer-momentum",
      paramLabel = "X",
      converter = Values.Fraction.class,
      description = "Nesterov's momentum over rounds (default: 0).")
  private Double outerMomentum;

  @Option(
      names = "--moving-average",
      paramLabel = "X",
      converter = Values.Fraction.class,
      description =
          "Evaluate and save an exponential moving average of the parameters that decays so a minibatch, for example 0.999 (default: none).")
  private Double movingAverage;

  @Option(
      names = "--updater-state",
      paramLabel = "NAME",
      converter = Values.UpdaterStateName.class,
      description =
          "averaged, or reset: rounds of sgd and nesterov begin without momentum (default: averaged).")
  private UpdaterState updaterState;

  /** Refuses what does not go with the step. */
  void check(StepSettings step) {
    boolean falls = step.learningRate().firstDecay() < Integer.MAX_VALUE;
    if (kind != null && kind != AveragingFrequency.Kind.CONSTANT && !falls) {
      throw new CommandLineException(
          "--averaging-schedule %s follows the learning rate, but --schedule %s never lowers it: choose another schedule"
              .formatted(Values.name(kind), step.learningRate().schedule().commandLineName()));
    }
    boolean corrected = step.optimizer() == Optimizer.ADAM || step.optimizer() == Optimizer.RMSPROP;
    if (updaterState == UpdaterState.RESET && corrected) {
      // DL4J corrects Adam's bias by the run's iteration, RMSprop's not at all.
      throw new CommandLineException(
          "--updater-state reset: the first steps of each round would be several times too large with %s. It is for sgd and nesterov."
              .formatted(step.optimizer().commandLineName()));
    }
  }

  /** The settings in force. */
  Averaging settings(LearningRate rate) {
    return new Averaging(
        new AveragingFrequency(
            Values.or(frequency, FREQUENCY),
            Values.or(kind, AveragingFrequency.Kind.CONSTANT),
            rate),
        Values.or(outerLearningRate, 1.0),
        Values.or(outerMomentum, 0.0),
        Values.or(movingAverage, 0.0),
        Values.or(updaterState, UpdaterState.AVERAGED),
        0);
  }

  /** By the names of the options. */
  static void putInto(Averaging settings, Map<String, Object> map) {
    map.put("averaging-frequency", settings.frequency().minibatches());
    map.put("averaging-schedule", Values.name(settings.frequency().kind()));
    map.put("outer-learning-rate", settings.outerLearningRate());
    map.put("outer-momentum", settings.outerMomentum());
    map.put("moving-average", settings.movingAverage());
    map.put("updater-state", Values.name(settings.updaterState()));
  }

  /** What a person is shown of the settings. */
  static List<Setting> shown(Averaging settings) {
    AveragingFrequency frequency = settings.frequency();
    String kind =
        frequency.kind() == AveragingFrequency.Kind.CONSTANT
            ? ""
            : ", " + Values.name(frequency.kind());
    String more =
        Values.list(
            Values.part("outer learning rate %s", settings.outerLearningRate(), 1),
            Values.part("outer momentum %s", settings.outerMomentum(), 0),
            Values.part("moving average %s", settings.movingAverage(), 0),
            settings.updaterState() == UpdaterState.RESET ? "updater state reset" : "");
    return List.of(
        Setting.of("averaging frequency", frequency.minibatches() + kind, FREQUENCY),
        Setting.of("after averaging", more, "none"));
  }
}
