package convoy.data.augment;

import java.io.Serializable;

/**
 * How images are varied during training, as Keras' {@code ImageDataGenerator} names it.
 *
 * @param rotationDegrees the angle is drawn from [-r, r], 0 to 180
 * @param widthShift columns, as a fraction of the width drawn from [-s, s], 0 to below 1
 * @param heightShift rows, as a fraction of the height drawn from [-s, s], 0 to below 1
 * @param horizontalFlip whether half of the images are mirrored left to right
 * @param verticalFlip whether half of the images are mirrored top to bottom
 */
public record Augmentation(
    double rotationDegrees,
    double widthShift,
    double heightShift,
    boolean horizontalFlip,
    boolean verticalFlip)
    implements Serializable {
  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, false, false);
}
