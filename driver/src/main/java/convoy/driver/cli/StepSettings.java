package convoy.driver.cli;

import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Optimizer;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a minibatch changes the parameters.
 *
 * @param labelSmoothing what all classes share of each label's 1
 * @param longestGradient L2 norm of a layer's; 0 for no bound
 * @param weightDecay share that a step takes off each weight, times the learning rate; empty if
 *     none was asked for
 */
record StepSettings(
    Optimizer optimizer,
    LearningRate learningRate,
    double labelSmoothing,
    double longestGradient,
    OptionalDouble weightDecay) {
  /** By the names of the options. */
  void putInto(Map<String, Object> map) {
    map.put("optimizer", optimizer.commandLineName());
    map.put("learning-rate", learningRate.value());
    map.put("schedule", learningRate.schedule().commandLineName());
    if (learningRate.schedule().decays()) {
      map.put("decay", learningRate.decay());
    }
    map.put("warmup", learningRate.warmup());
    map.put("label-smoothing", labelSmoothing);
    if (longestGradient > 0) {
      map.put("clip-gradients", longestGradient);
    }
    weightDecay.ifPresent(decay -> map.put("weight-decay", decay));
  }
}
