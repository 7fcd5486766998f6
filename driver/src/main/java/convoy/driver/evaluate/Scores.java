package convoy.driver.evaluate;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;

/** How probabilities lay, as counts and whole numbers, which merge exactly in any order. */
final class Scores implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Ranks that are counted: top-1 to top-5. */
  static final int RANKS = 5;

  /** Of equal width; as Guo et al., "On Calibration of Modern Neural Networks" (2017), have it. */
  static final int CALIBRATION_BINS = 15;

  /**
   * Probabilities are summed in units of 2^-31, which holds four thousand million images, so that
   * the order does not matter.
   */
  private static final double UNIT = 0x1p31;

  private final int classes;
  private final long[] ranks = new long[RANKS];

  /** By {@link Threshold} of the largest probability. */
  private final long[] confident = new long[Threshold.COUNT];

  private final long[] confidentAndRight = new long[Threshold.COUNT];

  /** By bins of equal width of the largest probability. */
  private final long[] calibrated = new long[CALIBRATION_BINS];

  private final long[] calibratedAndRight = new long[CALIBRATION_BINS];
  private final long[] confidenceSums = new long[CALIBRATION_BINS];
  private final long[] ownProbabilitySums;
  private long brierSum;

  /** [class, threshold]: images of the class, and of others, by the probability of the class. */
  private transient long[][] members;

  private transient long[][] others;

  Scores(int classes) {
    this.classes = classes;
    ownProbabilitySums = new long[classes];
    members = new long[classes][Threshold.COUNT];
    others = new long[classes][Threshold.COUNT];
  }

  /**
   * Adds an image.
   *
   * @param probabilities [image, class]
   * @param at where the image starts there
   */
  void add(float[] probabilities, int at, int actual, int predicted) {
    float own = probabilities[at + actual];
    float confidence = probabilities[at + predicted];
    int before = 0;
    double squares = 0;
    for (int c = 0; c < classes; c++) {
      float p = probabilities[at + c];
      // Among equals the first counts as the more probable, as for the prediction.
      before += p > own || (p == own && c < actual) ? 1 : 0;
      double miss = c == actual ? 1.0 - p : p;
      squares += miss * miss;
      (c == actual ? members : others)[c][Threshold.of(p)]++;
    }
    if (before < RANKS) {
      ranks[before]++;
    }
    brierSum += Math.round(squares * UNIT);
    ownProbabilitySums[actual] += Math.round(own * UNIT);
    int right = predicted == actual ? 1 : 0;
    int threshold = Threshold.of(confidence);
    confident[threshold]++;
    confidentAndRight[threshold] += right;
    int bin = Math.min(CALIBRATION_BINS - 1, (int) (confidence * CALIBRATION_BINS));
    calibrated[bin]++;
    calibratedAndRight[bin] += right;
    confidenceSums[bin] += Math.round(confidence * UNIT);
  }

  /** Adds what was counted elsewhere. */
  void add(Scores other) {
    add(ranks, other.ranks);
    add(confident, other.confident);
    add(confidentAndRight, other.confidentAndRight);
    add(calibrated, other.calibrated);
    add(calibratedAndRight, other.calibratedAndRight);
    add(confidenceSums, other.confidenceSums);
    add(ownProbabilitySums, other.ownProbabilitySums);
    brierSum += other.brierSum;
    for (int c = 0; c < classes; c++) {
      add(members[c], other.members[c]);
      add(others[c], other.others[c]);
    }
  }

  private static void add(long[] to, long[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i] += values[i];
    }
  }

  /** Most thresholds of most classes are empty, so only the others travel. */
  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    writeSparse(members, out);
    writeSparse(others, out);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    members = readSparse(in);
    others = readSparse(in);
  }

  private static void writeSparse(long[][] counts, ObjectOutputStream out) throws IOException {
    for (long[] thresholds : counts) {
      out.writeInt((int) Arrays.stream(thresholds).filter(images -> images > 0).count());
      for (int i = 0; i < thresholds.length; i++) {
        if (thresholds[i] > 0) {
          out.writeInt(i);
          out.writeLong(thresholds[i]);
        }
      }
    }
  }

  private long[][] readSparse(ObjectInputStream in) throws IOException {
    long[][] counts = new long[classes][Threshold.COUNT];
    for (long[] thresholds : counts) {
      for (int left = in.readInt(); left > 0; left--) {
        thresholds[in.readInt()] = in.readLong();
      }
    }
    return counts;
  }

  /** Images whose right class was among the {@code k} most probable. */
  long amongFirst(int k) {
    long images = 0;
    for (int rank = 0; rank < k; rank++) {
      images += ranks[rank];
    }
    return images;
  }

  /** Over images, of the squared distance between the probabilities and the right answer. */
  double brierSum() {
    return brierSum / UNIT;
  }

  /** Over the images of a class, of the probability of that class. */
  double ownProbabilitySum(int actual) {
    return ownProbabilitySums[actual] / UNIT;
  }

  long confident(int threshold) {
    return confident[threshold];
  }

  long confidentAndRight(int threshold) {
    return confidentAndRight[threshold];
  }

  long calibrated(int bin) {
    return calibrated[bin];
  }

  long calibratedAndRight(int bin) {
    return calibratedAndRight[bin];
  }

  double confidenceSum(int bin) {
    return confidenceSums[bin] / UNIT;
  }

  /**
   * The mean, over the images of a class, of the precision among all images that are at least as
   * probable of that class: the area under the precision-recall curve, without interpolation.
   * Probabilities of one {@link Threshold} count as equal.
   *
   * @return not a number if there is no image of the class
   */
  double averagePrecision(int of) {
    long found = 0;
    long taken = 0;
    double sum = 0;
    for (int bin = Threshold.COUNT - 1; bin >= 0; bin--) {
      found += members[of][bin];
      taken += members[of][bin] + others[of][bin];
      if (members[of][bin] > 0) {
        sum += members[of][bin] * ((double) found / taken);
      }
    }
    return sum / found;
  }

  /**
   * Bins of probabilities, in ascending order: below one half 32 for each halving of the
   * probability, above it as many for each halving of what is missing to 1. In whole numbers, so
   * that every machine has the same.
   */
  static final class Threshold {
    private static final int PER_HALVING_BITS = 5;
    private static final int SHIFT = 23 - PER_HALVING_BITS;

    /** What is smaller counts as 2^-24, as far from 1 as a float comes. */
    private static final int LEAST = Float.floatToIntBits(0x1p-24f) >> SHIFT;

    private static final int HALF = (Float.floatToIntBits(0.5f) >> SHIFT) - LEAST + 1;

    /** How many there are. */
    static final int COUNT = 2 * HALF;

    private Threshold() {}

    static int of(float probability) {
      return probability <= 0.5f ? fromZero(probability) : COUNT - 1 - fromZero(1 - probability);
    }

    /** The smallest probability that falls into a bin; in the upper half, that all in it exceed. */
    static double from(int bin) {
      return bin < HALF ? edge(bin) : 1 - edge(COUNT - bin);
    }

    private static double edge(int halfBin) {
      return halfBin == 0 ? 0 : Float.intBitsToFloat((halfBin + LEAST) << SHIFT);
    }

    private static int fromZero(float distance) {
      return Math.max(0, (Float.floatToIntBits(distance) >> SHIFT) - LEAST);
    }
  }
}
