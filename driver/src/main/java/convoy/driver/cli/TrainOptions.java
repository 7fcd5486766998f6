package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.cli.Console.Setting;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.TrainingPlan;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How to train, as given on the command line; what is not given comes from the network's recipe.
 */
final class TrainOptions {
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
      names = "--evaluation-batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "Images of one evaluation batch (default: ${DEFAULT-VALUE}).")
  private int evaluationBatchSize;

  @Option(
      names = "--early-stopping",
      paramLabel = "MEASURE",
      converter = Values.MeasureName.class,
      description =
          "Stop when the loss or accuracy on held-out images no longer gets better; the best epoch's model is kept beside the last (default: never).")
  private EarlyStopping.Measure measure;

  @Option(
      names = "--patience",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "Epochs that --early-stopping waits for a better one (default: 5).")
  private Integer patience;

  @Mixin private NetworkOptions variation;
  @Mixin private StepOptions step;
  @Mixin private AveragingOptions averaging;
  @Mixin private AugmentationOptions augmentation;

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
    if (patience != null && measure == null) {
      throw new CommandLineException("--patience: is for --early-stopping, which is not given");
    }
  }

  /** The settings in force for a data set, on a cluster with that many task slots. */
  TrainSettings settings(PreparedDataset dataset, int slots) {
    Network network = network(dataset);
    Recipe recipe = network.recipe();
    step.check(recipe);
    boolean counted = epochs != null || steps != null;
    int passes = counted ? Values.or(epochs, 0) : recipe.epochs();
    int minibatches = counted ? Values.or(steps, 0) : recipe.steps();
    int networks = Values.or(workers, slots);
    int batch = Values.or(batchSize, recipe.batchSize());
    long heldOut = heldOut(dataset);
    int perEpoch =
        TrainingPlan.minibatchesPerEpoch(
            dataset.manifest().counts().train() - heldOut, networks, batch);
    long iterations = minibatches > 0 ? minibatches : (long) passes * perEpoch;
    StepSettings stepping =
        step.settings(recipe, (int) Math.min(Integer.MAX_VALUE, iterations), perEpoch);
    averaging.check(stepping);
    TrainingPlan plan =
        new TrainingPlan(
            networks,
            passes,
            minibatches,
            batch,
            Values.or(seed, SEED),
            averaging.settings(stepping.learningRate()));
    return new TrainSettings(
        network,
        stepping,
        plan,
        augmentation.settings(),
        heldOut,
        earlyStopping(heldOut),
        evaluationBatchSize);
  }

  private Optional<EarlyStopping> earlyStopping(long heldOut) {
    if (measure != null && heldOut == 0) {
      throw new CommandLineException(
          "--early-stopping: needs held-out images, but --validation is 0");
    }
    return Optional.ofNullable(measure).map(m -> new EarlyStopping(m, Values.or(patience, 5)));
  }

  /** The network for the set's images. */
  private Network network(PreparedDataset dataset) {
    InputShape input =
        new InputShape(
            dataset.shape().channels(), dataset.shape().height(), dataset.shape().width());
    return variation.named(model, input, dataset.classes().size());
  }

  /** What a person is shown of the settings. */
  static List<Setting> shown(TrainSettings settings, PreparedDataset dataset, int slots) {
    Recipe recipe = settings.network().recipe();
    TrainingPlan plan = settings.plan();
    List<Setting> shown = new ArrayList<>();
    shown.add(Setting.given("data", DataOption.summary(dataset)));
    shown.add(Setting.given("model", settings.network().name()));
    shown.add(NetworkOptions.shown(settings.network().variation()));
    shown.add(
        plan.epochs() > 0
            ? Setting.of("epochs", plan.epochs(), recipe.epochs() > 0 ? recipe.epochs() : "-")
            : Setting.of("steps", plan.steps(), recipe.steps() > 0 ? recipe.steps() : "-"));
    shown.add(Setting.of("workers", plan.workers(), slots));
    shown.add(Setting.of("batch size", plan.batchSize(), recipe.batchSize()));
    shown.addAll(AveragingOptions.shown(plan.averaging()));
    shown.addAll(StepOptions.shown(settings.step(), recipe));
    shown.add(
        Setting.of(
            "early stopping",
            settings.earlyStopping().map(EarlyStopping::described).orElse("none"),
            "none"));
    shown.add(Setting.of("validation images", settings.validation(), standardHeldOut(dataset)));
    shown.add(Setting.of("seed", plan.seed(), SEED));
    shown.add(AugmentationOptions.shown(settings.augmentation()));
    return shown;
  }

  int evaluationBatchSize() {
    return evaluationBatchSize;
  }

  /** Training images that are held out. */
  long heldOut(PreparedDataset dataset) {
    long train = dataset.manifest().counts().train();
    long held = Values.or(validation, standardHeldOut(dataset));
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
}
