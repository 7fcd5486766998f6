package convoy.model.zoo;

import java.util.Arrays;
import java.util.List;

/** How the learning rate changes over a run. */
public enum Schedule {
  /** It stays. */
  CONSTANT("constant", 1),

  /** It is multiplied by the decay after half of the run, and again after three quarters. */
  STEP("step", 0.1),

  /**
   * It falls to 0 along half a cosine: Loshchilov and Hutter, "SGDR" (2017), equation 5, without
   * restarts.
   */
  COSINE("cosine", 1),

  /**
   * It rises evenly to five times its value, falls back as evenly, and over the last tenth of the
   * run falls to a hundredth: the cycle of Smith and Topin, "Super-Convergence" (2018), section 3.
   *
   * <p>It is for few passes over the images: docs/networks.md has what it gives {@code lenet5}.
   */
  ONE_CYCLE("one-cycle", 1),

  /** It is multiplied by the decay after every epoch. */
  EXPONENTIAL("exponential", 0.95);

  private static final double PEAK = 5;
  private static final double END = 0.01;

  private final String commandLineName;
  private final double standardDecay;

  Schedule(String commandLineName, double standardDecay) {
    this.commandLineName = commandLineName;
    this.standardDecay = standardDecay;
  }

  /** As the command line spells it. */
  public String commandLineName() {
    return commandLineName;
  }

  /** The decay where none is given; 1 where the schedule has none. */
  public double standardDecay() {
    return standardDecay;
  }

  /** Whether a decay changes anything. */
  public boolean decays() {
    return standardDecay < 1;
  }

  /** All names as the command line spells them. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Schedule::commandLineName).toList();
  }

  /**
   * The schedule that the command line calls so.
   *
   * @throws IllegalArgumentException for an unknown name, with the nearest known one
   */
  public static Schedule named(String name) {
    for (Schedule schedule : values()) {
      if (schedule.commandLineName.equals(name)) {
        return schedule;
      }
    }
    throw NearestName.unknown("schedule", name, names());
  }

  /** Whether it changes all the time, not at a few minibatches. */
  boolean isSmooth() {
    return switch (this) {
      case COSINE, ONE_CYCLE -> true;
      case CONSTANT, STEP, EXPONENTIAL -> false;
    };
  }

  /**
   * What the learning rate is multiplied by.
   *
   * @param done share of the run, from 0 to below 1
   * @param epochs ended
   */
  double factor(double done, int epochs, double decay) {
    return switch (this) {
      case CONSTANT -> 1;
      case STEP -> Math.pow(decay, done < 0.5 ? 0 : done < 0.75 ? 1 : 2);
      case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
      case ONE_CYCLE -> oneCycle(done);
      case EXPONENTIAL -> Math.pow(decay, epochs);
    };
  }

  private static double oneCycle(double done) {
    return done < 0.9
        ? 1 + (PEAK - 1) * (1 - Math.abs(done - 0.45) / 0.45)
        : Math.pow(END, (done - 0.9) / 0.1);
  }
}
