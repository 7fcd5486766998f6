package convoy.driver.evaluate;

import convoy.driver.dataset.ImageBlock;
import java.util.List;

/** Everything a report tells of some batches; merges exactly in any order. */
public final class Findings implements Tally<Findings> {
  private static final long serialVersionUID = 1L;

  private static final int GALLERY = 25;

  /** Enough for both galleries, and for mistakes among which suspects are few. */
  private static final int MISTAKES = 3 * GALLERY;

  private static final int EXAMPLES = 12;

  private final int classes;
  private final int pixels;
  private final Counts counts;
  private final Scores scores;
  private final Gallery mistakes;
  private final Gallery examples;

  /** Of nothing yet. */
  Findings(int classes, int pixels) {
    this.classes = classes;
    this.pixels = pixels;
    counts = Counts.none(classes);
    scores = new Scores(classes);
    mistakes = new Gallery(Gallery.Order.CONFIDENCE, MISTAKES, pixels);
    examples = new Gallery(Gallery.Order.ID, EXAMPLES, pixels);
  }

  @Override
  public void add(ImageBlock batch, float[] probabilities) {
    counts.add(batch, probabilities);
    for (int i = 0; i < batch.size(); i++) {
      int at = i * classes;
      int actual = batch.label(i);
      int predicted = Counts.mostProbable(probabilities, at, classes);
      scores.add(probabilities, at, actual, predicted);
      Gallery.Scored scored =
          new Gallery.Scored(batch.id(i), actual, predicted, probabilities[at + predicted]);
      examples.offer(scored, batch.pixels(), i * pixels, pixels);
      if (predicted != actual) {
        mistakes.offer(scored, batch.pixels(), i * pixels, pixels);
      }
    }
  }

  @Override
  public void add(Findings other) {
    counts.add(other.counts);
    scores.add(other.scores);
    mistakes.add(other.mistakes);
    examples.add(other.examples);
  }

  Counts counts() {
    return counts;
  }

  Scores scores() {
    return scores;
  }

  /**
   * Images taken for another class than theirs, the most confident first, without those of {@link
   * #suspects}.
   */
  public List<Gallery.Scored> mistakes() {
    List<Gallery.Scored> suspects = suspects();
    return mistakes.images().stream()
        .filter(one -> !suspects.contains(one))
        .limit(GALLERY)
        .toList();
  }

  /**
   * Mistakes that may be the label's, the most confident first: the network is at least as sure of
   * its class as it is, on average, of that class's own images. Northcutt, Jiang and Chuang,
   * "Confident Learning" (2021).
   */
  public List<Gallery.Scored> suspects() {
    return mistakes.images().stream().filter(this::isSuspect).limit(GALLERY).toList();
  }

  /** The set's first images. */
  public List<Gallery.Scored> examples() {
    return examples.images();
  }

  private boolean isSuspect(Gallery.Scored mistake) {
    int predicted = mistake.predicted();
    long support = 0;
    for (int other = 0; other < counts.classes(); other++) {
      support += counts.confusion(predicted, other);
    }
    return support > 0 && mistake.confidence() >= scores.ownProbabilitySum(predicted) / support;
  }

  /** Makes what gathers. */
  record Maker(int classes, int pixels) implements Tally.Maker<Findings> {
    @Override
    public Findings make() {
      return new Findings(classes, pixels);
    }
  }
}
