package convoy.driver.predict;

import java.io.Serializable;

/**
 * What parts of the output hold.
 *
 * @param images rows
 * @param failed of these without a label
 * @param fresh of these written now, and not by an earlier driver or attempt
 */
public record PartCounts(long images, long failed, long fresh) implements Serializable {
  static final PartCounts NONE = new PartCounts(0, 0, 0);

  PartCounts plus(PartCounts other) {
    return new PartCounts(images + other.images, failed + other.failed, fresh + other.fresh);
  }
}
