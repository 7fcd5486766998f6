package convoy.data.augment;

/**
 * A change to images that a network should bear, at a strength.
 *
 * <p>In the manner of Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common
 * Corruptions" (2019), whose CIFAR-10-C has fifteen kinds with strengths of their own; figures are
 * not comparable with theirs.
 *
 * @param strength 1 to 5
 */
public record Perturbation(Kind kind, int strength) {
  /** How many strengths there are. */
  public static final int STRENGTHS = 5;

  /** What is changed. */
  public enum Kind {
    /** By 6, 12, 18, 24 or 30 degrees, to the left or to the right. */
    ROTATION(6, 12, 18, 24, 30),

    /** By 4, 8, 12, 16 or 20 % of the shorter side, in any direction. */
    SHIFT(0.04, 0.08, 0.12, 0.16, 0.20),

    /** Lighter or darker by 10, 20, 30, 40 or 50 % of white. */
    BRIGHTNESS(0.1, 0.2, 0.3, 0.4, 0.5),

    /** Differences from the image's mean reduced to 80, 60, 45, 30 or 15 %. */
    CONTRAST(0.80, 0.60, 0.45, 0.30, 0.15),

    /** Gaussian noise with a standard deviation of 4, 8, 12, 18 or 26 % of white. */
    NOISE(0.04, 0.08, 0.12, 0.18, 0.26),

    /** Gaussian blur with a standard deviation of 0.4 to 1.5 pixels of an image of 32. */
    BLUR(0.4, 0.6, 0.8, 1.1, 1.5),

    /** A grey square of 10, 20, 30, 40 or 50 % of the shorter side, anywhere. */
    OCCLUSION(0.1, 0.2, 0.3, 0.4, 0.5);

    private final double first;
    private final double second;
    private final double third;
    private final double fourth;
    private final double fifth;

    Kind(double first, double second, double third, double fourth, double fifth) {
      this.first = first;
      this.second = second;
      this.third = third;
      this.fourth = fourth;
      this.fifth = fifth;
    }

    private double at(int strength) {
      return switch (strength) {
        case 1 -> first;
        case 2 -> second;
        case 3 -> third;
        case 4 -> fourth;
        default -> fifth;
      };
    }
  }

  /** Refuses a strength that there is not. */
  public Perturbation {
    if (strength < 1 || strength > STRENGTHS) {
      throw new IllegalArgumentException(
          "strength must be 1 to %d, got %d".formatted(STRENGTHS, strength));
    }
  }

  /** In the kind's own unit. */
  double amount() {
    return kind.at(strength);
  }
}
