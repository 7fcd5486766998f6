package convoy.driver.cli;

import convoy.driver.train.TrainingPlan;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a run in force.
 *
 * @param validation training images held out
 * @param evaluationBatchSize images of one evaluation batch
 */
record TrainSettings(
    Network network,
    Optimizer optimizer,
    LearningRate learningRate,
    TrainingPlan plan,
    long validation,
    int evaluationBatchSize) {
  /** DL4J's configuration of the network, in DL4J's JSON. */
  String configuration() {
    return network.configuration(optimizer, learningRate, plan.seed());
  }

  /** By the names of the options, for {@code run.json}. */
  Map<String, Object> asMap(String data) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("data", data);
    map.put("model", network.name());
    map.put("optimizer", optimizer.commandLineName());
    map.put("learning-rate", learningRate.value());
    map.put("schedule", learningRate.schedule().commandLineName());
    if (plan.epochs() > 0) {
      map.put("epochs", plan.epochs());
    } else {
      map.put("steps", plan.steps());
    }
    map.put("workers", plan.workers());
    map.put("batch-size", plan.batchSize());
    map.put("averaging-frequency", plan.averagingFrequency());
    map.put("validation", validation);
    map.put("seed", plan.seed());
    map.put("rotation", plan.augmentation().rotationDegrees());
    map.put("width-shift", plan.augmentation().widthShift());
    map.put("height-shift", plan.augmentation().heightShift());
    map.put("horizontal-flip", plan.augmentation().horizontalFlip());
    map.put("vertical-flip", plan.augmentation().verticalFlip());
    map.put("evaluation-batch-size", evaluationBatchSize);
    return map;
  }
}
