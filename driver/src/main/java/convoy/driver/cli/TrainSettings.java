package convoy.driver.cli;

import convoy.data.augment.Augmentation;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.zoo.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a run in force.
 *
 * @param step how a minibatch changes the parameters
 * @param augmentation of training images
 * @param validation training images held out
 * @param evaluationBatchSize images of one evaluation batch
 */
record TrainSettings(
    Network network,
    StepSettings step,
    TrainingPlan plan,
    Augmentation augmentation,
    long validation,
    Optional<EarlyStopping> earlyStopping,
    int evaluationBatchSize) {
  /** DL4J's configuration of the network, in DL4J's JSON. */
  String configuration() {
    return network.configuration(
        step.optimizer(),
        step.learningRate(),
        step.longestGradient(),
        step.weightDecay().orElse(0),
        plan.seed());
  }

  /** What trains and scores the network. */
  Engine engine() {
    return Engine.dl4j(configuration(), step.labelSmoothing());
  }

  /** By the names of the options, for {@code run.json}. */
  Map<String, Object> asMap(String data) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("data", data);
    map.put("model", network.name());
    NetworkOptions.putInto(network.variation(), map);
    if (plan.epochs() > 0) {
      map.put("epochs", plan.epochs());
    } else {
      map.put("steps", plan.steps());
    }
    map.put("workers", plan.workers());
    map.put("batch-size", plan.batchSize());
    step.putInto(map);
    AveragingOptions.putInto(plan.averaging(), map);
    map.put("validation", validation);
    earlyStopping.ifPresent(stopping -> stopping.putInto(map));
    map.put("seed", plan.seed());
    AugmentationOptions.putInto(augmentation, map);
    map.put("evaluation-batch-size", evaluationBatchSize);
    return map;
  }
}
