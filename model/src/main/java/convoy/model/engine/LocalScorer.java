package convoy.model.engine;

/** Scores images with one network on one thread, the one that made it. */
public interface LocalScorer extends AutoCloseable {
  /**
   * Images that a CPU's network is given at once. Activations of so few stay in the cache, and the
   * C library has memory for them at hand, where larger arrays come page by page from the system.
   */
  int PIECE = 125;

  /**
   * Sets the parameters.
   *
   * @param parameters in DL4J's flattened order
   */
  void load(float[] parameters);

  /** How many images of a larger batch the network is given at once. */
  int atOnce();

  /**
   * The probability of each class for each image.
   *
   * @param images [count, channels, height, width], 0 to 1; longer arrays are read up to that
   * @return [count, classes]
   */
  float[] score(float[] images, int count);

  /** Frees what is held outside the heap. */
  @Override
  void close();
}
