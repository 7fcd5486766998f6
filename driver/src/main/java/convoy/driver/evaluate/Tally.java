package convoy.driver.evaluate;

import convoy.driver.dataset.ImageBlock;
import java.io.Serializable;

/**
 * Gathers what batches gave, on one thread; travels to the driver, where parts are added up in any
 * order.
 *
 * @param <R> the class itself
 */
interface Tally<R extends Tally<R>> extends Serializable {
  /**
   * Adds a batch.
   *
   * @param probabilities [batch, classes]
   */
  void add(ImageBlock batch, float[] probabilities);

  /** Adds what was gathered elsewhere. */
  void add(R other);

  /** Makes one on each executor. */
  interface Maker<R extends Tally<R>> extends Serializable {
    /** With nothing in it. */
    R make();
  }
}
