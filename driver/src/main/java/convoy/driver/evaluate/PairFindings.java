package convoy.driver.evaluate;

import convoy.driver.dataset.ImageBlock;
import java.io.Serializable;

/**
 * What two networks, a baseline and a candidate, make of the same images; merges exactly in any
 * order.
 */
public final class PairFindings implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int FLIPS = 25;

  private final int classes;
  private final int pixels;
  private final Counts baseline;
  private final Counts candidate;

  /** By class: images that only the baseline has right, and only the candidate. */
  private final long[] onlyBaseline;

  private final long[] onlyCandidate;
  private final Gallery lost;
  private final Gallery won;

  PairFindings(int classes, int pixels) {
    this.classes = classes;
    this.pixels = pixels;
    baseline = Counts.none(classes);
    candidate = Counts.none(classes);
    onlyBaseline = new long[classes];
    onlyCandidate = new long[classes];
    lost = new Gallery(Gallery.Order.CONFIDENCE, FLIPS, pixels);
    won = new Gallery(Gallery.Order.CONFIDENCE, FLIPS, pixels);
  }

  /**
   * Adds a batch.
   *
   * @param before of the baseline, [batch, classes]
   * @param after of the candidate, likewise
   */
  void add(ImageBlock batch, float[] before, float[] after) {
    baseline.add(batch, before);
    candidate.add(batch, after);
    for (int i = 0; i < batch.size(); i++) {
      int at = i * classes;
      int actual = batch.label(i);
      int was = Counts.mostProbable(before, at, classes);
      int is = Counts.mostProbable(after, at, classes);
      if (was == actual && is != actual) {
        onlyBaseline[actual]++;
        Gallery.Scored scored = new Gallery.Scored(batch.id(i), actual, is, after[at + is]);
        lost.offer(scored, batch.pixels(), i * pixels, pixels);
      } else if (was != actual && is == actual) {
        onlyCandidate[actual]++;
        Gallery.Scored scored = new Gallery.Scored(batch.id(i), actual, was, before[at + was]);
        won.offer(scored, batch.pixels(), i * pixels, pixels);
      }
    }
  }

  /** Adds what was found elsewhere. */
  void add(PairFindings other) {
    baseline.add(other.baseline);
    candidate.add(other.candidate);
    for (int c = 0; c < classes; c++) {
      onlyBaseline[c] += other.onlyBaseline[c];
      onlyCandidate[c] += other.onlyCandidate[c];
    }
    lost.add(other.lost);
    won.add(other.won);
  }

  Counts baseline() {
    return baseline;
  }

  Counts candidate() {
    return candidate;
  }

  /** Images of a class that only the baseline has right. */
  long onlyBaseline(int actual) {
    return onlyBaseline[actual];
  }

  /** Images of a class that only the candidate has right. */
  long onlyCandidate(int actual) {
    return onlyCandidate[actual];
  }

  /**
   * Images that the baseline has right and the candidate takes for another class, which is told.
   */
  public Gallery lost() {
    return lost;
  }

  /** Images that the candidate has right and the baseline took for another class, which is told. */
  public Gallery won() {
    return won;
  }
}
