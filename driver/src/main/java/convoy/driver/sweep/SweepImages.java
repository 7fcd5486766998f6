package convoy.driver.sweep;

import convoy.driver.dataset.ImageBlock;
import java.io.Serializable;
import java.util.List;

/**
 * The images of all trials. It travels by broadcast, so that each executor has it once.
 *
 * <p>A plain class, so that it travels with either of Spark's serialisers.
 */
public final class SweepImages implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<ImageBlock> training;
  private final List<ImageBlock> validation;

  /**
   * Of one set.
   *
   * @param training the only worker's shard
   * @param validation held-out images, a batch a block
   */
  public SweepImages(List<ImageBlock> training, List<ImageBlock> validation) {
    this.training = List.copyOf(training);
    this.validation = List.copyOf(validation);
  }

  List<ImageBlock> training() {
    return training;
  }

  List<ImageBlock> validation() {
    return validation;
  }

  /** Images to train on. */
  public long trainingImages() {
    return training.stream().mapToLong(ImageBlock::size).sum();
  }
}
