package convoy.model.engine;

/**
 * Trains one network on one thread: the seam between a round of averaging and the arithmetic.
 *
 * <p>Used by one thread only, the one that made it. What it does follows from the loaded state, the
 * seed and the minibatches alone.
 */
public interface LocalTrainer extends AutoCloseable {
  /**
   * Sets parameters, updater state and counters, and starts dropout's random numbers at {@code
   * seed}.
   *
   * @throws IllegalArgumentException if a length is not this network's
   */
  void load(TrainingState state, long seed);

  /**
   * Fits one minibatch.
   *
   * @param images [count, channels, height, width], 0 to 1; longer arrays are read up to that
   * @param labels the class of each image, from 0; longer arrays are read up to {@code count}
   */
  StepResult fit(float[] images, int[] labels, int count);

  /**
   * What batch normalisation sees of a minibatch that is passed through as in training: the mean
   * and variance of each channel before each of its layers, laid out as {@link
   * RunningStatistics#compact} says. Changes no parameter.
   *
   * @param images [count, channels, height, width], 0 to 1; longer arrays are read up to that
   */
  float[] statistics(float[] images, int count);

  /** A copy of parameters, updater state and counters as they are now. */
  TrainingState store();

  /** Frees what is held outside the heap. */
  @Override
  void close();

  /**
   * What one minibatch gave, before its update.
   *
   * @param loss mean over the minibatch, regularisation included
   * @param correct images whose largest output was their class, in the forward pass that was
   *     trained on
   */
  record StepResult(double loss, int correct) {}
}
