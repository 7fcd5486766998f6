package convoy.data.augment;

/**
 * Random numbers by position instead of by sequence: what is drawn for an image follows from (seed,
 * epoch, image id) and the number's index, whoever asks, whenever, and in whatever order.
 *
 * <p>The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014, figure 17), with its state set afresh for every image.
 */
final class Draw {
  static final int ROTATION = 1;
  static final int HEIGHT_SHIFT = 2;
  static final int WIDTH_SHIFT = 3;
  static final int HORIZONTAL_FLIP = 4;
  static final int VERTICAL_FLIP = 5;

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private Draw() {}

  /** The state from which an image's numbers are drawn. */
  static long state(long seed, int epoch, long id) {
    return mix(mix(mix(seed + GOLDEN_GAMMA) ^ (epoch + GOLDEN_GAMMA)) ^ (id + GOLDEN_GAMMA));
  }

  /** Uniform in [0, 1), in steps of 2^-53. */
  static double uniform(long state, int index) {
    return (mix(state + index * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
  }

  /** Uniform in [-bound, bound). */
  static double symmetric(long state, int index, double bound) {
    return (2 * uniform(state, index) - 1) * bound;
  }

  /** True for half of the states. */
  static boolean coin(long state, int index) {
    return uniform(state, index) < 0.5;
  }

  private static long mix(long word) {
    long mixed = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
