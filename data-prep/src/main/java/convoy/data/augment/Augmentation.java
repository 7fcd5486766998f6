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

  /** Refuses a range outside its bounds. */
  public Augmentation {
    if (!(rotationDegrees >= 0 && rotationDegrees <= 180)) {
      throw new IllegalArgumentException(
          "rotation must be 0 to 180 degrees, got " + rotationDegrees);
    }
    checkShift("width shift", widthShift);
    checkShift("height shift", heightShift);
  }

  private static void checkShift(String name, double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          name + " must be a fraction, at least 0 and below 1, got " + fraction);
    }
  }

  /** Whether a pixel can land between pixels; flips alone only reorder them. */
  boolean interpolates() {
    return rotationDegrees > 0 || widthShift > 0 || heightShift > 0;
  }
}
