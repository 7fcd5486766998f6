package convoy.data.augment;

/**
 * Pixels as floats from 0 to 1: {@code value / 255f}, as DL4J's ImagePreProcessingScaler has it.
 */
final class UnitScale {
  private static final float[] TABLE = new float[256];

  static {
    for (int value = 0; value < TABLE.length; value++) {
      TABLE[value] = value / 255f;
    }
  }

  private UnitScale() {}

  static float of(byte pixel) {
    return TABLE[pixel & 0xff];
  }
}
