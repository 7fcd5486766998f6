package convoy.model.engine;

import java.io.Serializable;
import java.util.Objects;

/**
 * All that local training carries from one minibatch to the next, apart from what follows from the
 * seed.
 *
 * <p>Owns its arrays, which {@link #parameters()} and {@link #updaterState()} hand out without a
 * copy; whoever reads them must not write to them.
 */
public final class TrainingState implements Serializable {
  private static final long serialVersionUID = 1L;

  private final float[] parameters;
  private final float[] updaterState;
  private final int iteration;
  private final int epoch;

  /**
   * Takes ownership of both arrays.
   *
   * @param parameters in DL4J's flattened order
   * @param updaterState in DL4J's flattened order; empty for plain SGD
   * @param iteration minibatches fitted so far
   * @param epoch passes over the training images ended so far
   */
  public TrainingState(float[] parameters, float[] updaterState, int iteration, int epoch) {
    if (iteration < 0 || epoch < 0) {
      throw new IllegalArgumentException(
          "iteration and epoch must be at least 0, got %d and %d".formatted(iteration, epoch));
    }
    this.parameters = Objects.requireNonNull(parameters, "parameters");
    this.updaterState = Objects.requireNonNull(updaterState, "updaterState");
    this.iteration = iteration;
    this.epoch = epoch;
  }

  /** The same with other parameters, which it takes ownership of. */
  public TrainingState withParameters(float[] others) {
    return new TrainingState(others, updaterState, iteration, epoch);
  }

  /** The same with another updater state, which it takes ownership of. */
  public TrainingState withUpdaterState(float[] other) {
    return new TrainingState(parameters, other, iteration, epoch);
  }

  /** The same at another place in a run. */
  public TrainingState withCounters(int newIteration, int newEpoch) {
    return new TrainingState(parameters, updaterState, newIteration, newEpoch);
  }

  /** Java writes an array of floats value by value, but an array of bytes in one go. */
  private Object writeReplace() {
    return new Written(this);
  }

  private static final class Written implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] parameters;
    private final byte[] updaterState;
    private final int iteration;
    private final int epoch;

    Written(TrainingState state) {
      parameters = FloatBytes.of(state.parameters);
      updaterState = FloatBytes.of(state.updaterState);
      iteration = state.iteration;
      epoch = state.epoch;
    }

    private Object readResolve() {
      return new TrainingState(
          FloatBytes.floats(parameters), FloatBytes.floats(updaterState), iteration, epoch);
    }
  }

  /** In DL4J's flattened order. Not a copy. */
  public float[] parameters() {
    return parameters;
  }

  /** In DL4J's flattened order; empty for plain SGD. Not a copy. */
  public float[] updaterState() {
    return updaterState;
  }

  /** Minibatches fitted so far. */
  public int iteration() {
    return iteration;
  }

  /** Passes over the training images ended so far. */
  public int epoch() {
    return epoch;
  }
}
