package convoy.model.zoo;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The update rules that the command line offers, with DL4J's defaults for everything but the
 * learning rate.
 */
public enum Optimizer {
  SGD("sgd"),
  NESTEROV("nesterov"),
  ADAM("adam"),
  RMSPROP("rmsprop");

  private final String commandLineName;

  Optimizer(String commandLineName) {
    this.commandLineName = commandLineName;
  }

  /** As the command line spells it. */
  public String commandLineName() {
    return commandLineName;
  }

  /** All names as the command line spells them, in the order of the documentation. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Optimizer::commandLineName).toList();
  }

  /**
   * The optimizer that the command line calls so.
   *
   * @throws IllegalArgumentException for an unknown name, with the nearest known one
   */
  public static Optimizer named(String name) {
    for (Optimizer optimizer : values()) {
      if (optimizer.commandLineName.equals(name)) {
        return optimizer;
      }
    }
    throw NearestName.unknown("optimizer", name, names());
  }

  /** Values that it keeps of each parameter from step to step. */
  public int valuesOfParameter() {
    return switch (this) {
      case SGD -> 0;
      case NESTEROV, RMSPROP -> 1;
      case ADAM -> 2;
    };
  }

  IUpdater updater(double learningRate) {
    return switch (this) {
      case SGD -> new Sgd(learningRate);
      case NESTEROV -> new Nesterovs(learningRate);
      case ADAM -> new Adam(learningRate);
      case RMSPROP -> new RmsProp(learningRate);
    };
  }
}
