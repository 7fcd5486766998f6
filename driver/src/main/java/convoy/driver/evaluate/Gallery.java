package convoy.driver.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The first of some scored images in an order, with their pixels; merges exactly whatever came
 * first.
 */
public final class Gallery implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of all images together, so that large ones do not fill the driver. */
  private static final int MOST_BYTES = 8 << 20;

  private final Order order;
  private final int most;
  private final ArrayList<Scored> kept = new ArrayList<>();

  /** At most so many, fewer where images are large. */
  Gallery(Order order, int most, int pixels) {
    this.order = order;
    this.most = Math.max(1, Math.min(most, MOST_BYTES / pixels));
  }

  /** Which images come first. */
  enum Order implements Comparator<Scored> {
    /** The most confident, and of equally confident ones the one with the smaller id. */
    CONFIDENCE,

    /** Those with the smallest id. */
    ID;

    @Override
    public int compare(Scored one, Scored other) {
      int byConfidence = this == ID ? 0 : Float.compare(other.confidence, one.confidence);
      return byConfidence == 0 ? Long.compare(one.id, other.id) : byConfidence;
    }
  }

  /** One image and what the network makes of it. */
  public static final class Scored implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long id;
    private final int actual;
    private final int predicted;
    private final float confidence;
    private byte[] image = {};

    Scored(long id, int actual, int predicted, float confidence) {
      this.id = id;
      this.actual = actual;
      this.predicted = predicted;
      this.confidence = confidence;
    }

    /** In its set. */
    public long id() {
      return id;
    }

    /** The class that its label says. */
    public int actual() {
      return actual;
    }

    /** The most probable class. */
    public int predicted() {
      return predicted;
    }

    /** That class's probability. */
    public float confidence() {
      return confidence;
    }

    /** Unsigned bytes [channel, row, column]. Not a copy. */
    public byte[] image() {
      return image;
    }
  }

  /** Takes an image, unless there are enough that come before it. */
  void offer(Scored scored, byte[] pixels, int from, int length) {
    if (kept.size() < most || order.compare(scored, kept.get(most - 1)) < 0) {
      scored.image = Arrays.copyOfRange(pixels, from, from + length);
      kept.add(scored);
      kept.sort(order);
      trim();
    }
  }

  /** Adds what was taken elsewhere. */
  void add(Gallery other) {
    TreeSet<Scored> all = new TreeSet<>(order);
    all.addAll(kept);
    all.addAll(other.kept);
    kept.clear();
    kept.addAll(all);
    trim();
  }

  private void trim() {
    while (kept.size() > most) {
      kept.remove(kept.size() - 1);
    }
  }

  /** In their order. */
  public List<Scored> images() {
    return List.copyOf(kept);
  }
}
