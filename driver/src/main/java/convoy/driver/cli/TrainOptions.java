package convoy.driver.cli;

import convoy.data.augment.Augmentation;
import convoy.driver.CommandLineException;
import convoy.driver.cli.Console.Setting;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.TrainingPlan;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Recipe;
import convoy.model.zoo.Schedule;
import convoy.model.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * How to train, as given on the command line; what is not given comes from the network's recipe.
 */
final class TrainOptions {
  static final int AVERAGING_FREQUENCY = 10;
  static final int HELD_OUT = 10_000;
  static final long SEED = 1;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      converter = Values.ModelName.class,
      description =
          "The network: lenet5, mlp, cnn-small, cnn-deep, mnist-wide, cifar-deep or cifar-wide.")
  private String model;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Passes over the training images (default: the network's).")
  private Integer epochs;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Minibatches of each worker, instead of --epochs.")
  private Integer steps;

  @Option(
      names = "--workers",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Networks trained at a time (default: the cluster's task slots).")
  private Integer workers;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Images of one minibatch of one worker (default: the network's).")
  private Integer batchSize;

  @Option(
      names = "--averaging-frequency",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description =
          "Minibatches a worker fits between two averagings (default: "
              + AVERAGING_FREQUENCY
              + ").")
  private Integer averagingFrequency;

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
          "How the learning rate changes over the run: constant, or one-cycle (default: the network's).")
  private Schedule schedule;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "What initial parameters, order of images, augmentation and dropout follow from (default: "
              + SEED
              + ").")
  private Long seed;

  @Option(
      names = "--validation",
      paramLabel = "N",
      converter = Values.NotNegative.class,
      description =
          "Training images held out, the last ones; 0 for none (default: "
              + HELD_OUT
              + ", or a fifth of a set of fewer than 50,000).")
  private Long validation;

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

  @Option(
      names = "--evaluation-batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "Images of one evaluation batch (default: ${DEFAULT-VALUE}).")
  private int evaluationBatchSize;

  /** The network's name; null if none is given. */
  String model() {
    return model;
  }

  /** Refuses what options say against each other. */
  void check() {
    if (epochs != null && steps != null) {
      throw new CommandLineException(
          "--epochs and --steps: give one of them, got %d and %d".formatted(epochs, steps));
    }
  }

  /** The settings in force for a data set, on a cluster with that many task slots. */
  TrainSettings settings(PreparedDataset dataset, int slots) {
    Network network = network(dataset);
    Recipe recipe = network.recipe();
    boolean counted = epochs != null || steps != null;
    TrainingPlan plan =
        new TrainingPlan(
            or(workers, slots),
            counted ? or(epochs, 0) : recipe.epochs(),
            counted ? or(steps, 0) : recipe.steps(),
            or(batchSize, recipe.batchSize()),
            or(averagingFrequency, AVERAGING_FREQUENCY),
            or(seed, SEED),
            augmentation());
    long heldOut = heldOut(dataset);
    LearningRate rate =
        new LearningRate(
            or(learningRate, recipe.learningRate()),
            or(schedule, recipe.schedule()),
            plan.iterations(dataset.manifest().counts().train() - heldOut));
    return new TrainSettings(
        network, or(optimizer, recipe.optimizer()), rate, plan, heldOut, evaluationBatchSize);
  }

  /** The network for the set's images. */
  Network network(PreparedDataset dataset) {
    InputShape input =
        new InputShape(
            dataset.shape().channels(), dataset.shape().height(), dataset.shape().width());
    try {
      return Zoo.named(model, input, dataset.classes().size());
    } catch (IllegalArgumentException e) {
      throw new CommandLineException("--model " + e.getMessage(), e);
    }
  }

  /** What a person is shown of the settings. */
  List<Setting> shown(TrainSettings settings, PreparedDataset dataset, int slots) {
    Recipe recipe = settings.network().recipe();
    TrainingPlan plan = settings.plan();
    List<Setting> shown = new ArrayList<>();
    shown.add(Setting.given("data", DataOption.summary(dataset)));
    shown.add(Setting.given("model", model));
    shown.add(
        plan.epochs() > 0
            ? Setting.of("epochs", plan.epochs(), recipe.epochs() > 0 ? recipe.epochs() : "-")
            : Setting.of("steps", plan.steps(), recipe.steps() > 0 ? recipe.steps() : "-"));
    shown.add(Setting.of("workers", plan.workers(), slots));
    shown.add(Setting.of("batch size", plan.batchSize(), recipe.batchSize()));
    shown.add(Setting.of("averaging frequency", plan.averagingFrequency(), AVERAGING_FREQUENCY));
    shown.add(
        Setting.of(
            "optimizer",
            settings.optimizer().commandLineName(),
            recipe.optimizer().commandLineName()));
    shown.add(Setting.of("learning rate", settings.learningRate().value(), recipe.learningRate()));
    shown.add(
        Setting.of(
            "schedule",
            settings.learningRate().schedule().commandLineName(),
            recipe.schedule().commandLineName()));
    shown.add(Setting.of("validation images", settings.validation(), standardHeldOut(dataset)));
    shown.add(Setting.of("seed", plan.seed(), SEED));
    shown.add(Setting.of("augmentation", described(plan.augmentation()), "none"));
    return shown;
  }

  private Augmentation augmentation() {
    return new Augmentation(
        or(rotation, 0.0), or(widthShift, 0.0), or(heightShift, 0.0), horizontalFlip, verticalFlip);
  }

  private static String described(Augmentation augmentation) {
    List<String> parts = new ArrayList<>();
    if (augmentation.rotationDegrees() > 0) {
      parts.add("rotation " + augmentation.rotationDegrees() + " degrees");
    }
    if (augmentation.widthShift() > 0) {
      parts.add("width shift " + augmentation.widthShift());
    }
    if (augmentation.heightShift() > 0) {
      parts.add("height shift " + augmentation.heightShift());
    }
    if (augmentation.horizontalFlip()) {
      parts.add("horizontal flip");
    }
    if (augmentation.verticalFlip()) {
      parts.add("vertical flip");
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private long heldOut(PreparedDataset dataset) {
    long train = dataset.manifest().counts().train();
    long held = or(validation, standardHeldOut(dataset));
    if (held >= train) {
      throw new CommandLineException(
          String.format(
              Locale.ROOT,
              "--validation must leave training images: the set has %,d, got %,d",
              train,
              held));
    }
    return held;
  }

  private static long standardHeldOut(PreparedDataset dataset) {
    return Math.min(HELD_OUT, dataset.manifest().counts().train() / 5);
  }

  private static <T> T or(T given, T standard) {
    return given == null ? standard : given;
  }
}
