package convoy.driver.evaluate;

import convoy.driver.dataset.ImageBlock;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What scoring some batches gave: counts, which merge exactly in any order. */
public final class Counts implements Tally<Counts> {
  private static final long serialVersionUID = 1L;

  /** DL4J's own loss clips probabilities here, so that a confident mistake costs a finite loss. */
  private static final double LEAST_PROBABILITY = 1e-10;

  private final int classes;
  private final long[] confusion;
  private final ArrayList<BatchCount> batches = new ArrayList<>();

  private Counts(int classes) {
    this.classes = classes;
    confusion = new long[classes * classes];
  }

  /**
   * One batch.
   *
   * @param firstId id of its first image, by which batches are ordered
   * @param lossSum over its images
   */
  record BatchCount(long firstId, int count, int correct, double lossSum) implements Serializable {}

  static Counts none(int classes) {
    return new Counts(classes);
  }

  /** Adds counts from elsewhere; batches stay apart. */
  @Override
  public void add(Counts other) {
    for (int i = 0; i < confusion.length; i++) {
      confusion[i] += other.confusion[i];
    }
    batches.addAll(other.batches);
  }

  /** Images of class {@code actual} that were taken for class {@code predicted}. */
  long confusion(int actual, int predicted) {
    return confusion[actual * classes + predicted];
  }

  int classes() {
    return classes;
  }

  /** In the order of their images. */
  List<BatchCount> batches() {
    return batches.stream().sorted(Comparator.comparingLong(BatchCount::firstId)).toList();
  }

  /** Images scored. */
  public long count() {
    return batches.stream().mapToLong(BatchCount::count).sum();
  }

  /** Images whose most probable class was theirs. */
  public long correct() {
    return batches.stream().mapToLong(BatchCount::correct).sum();
  }

  /** Share of images whose most probable class was theirs. */
  public double accuracy() {
    return (double) correct() / count();
  }

  /**
   * Mean negative log-likelihood of the right class; summed in the order of batches, so that it is
   * always the same.
   */
  public double loss() {
    return batches().stream().mapToDouble(BatchCount::lossSum).sum() / count();
  }

  @Override
  public void add(ImageBlock batch, float[] probabilities) {
    int correct = 0;
    double lossSum = 0;
    for (int i = 0; i < batch.size(); i++) {
      int actual = batch.label(i);
      int predicted = mostProbable(probabilities, i * classes, classes);
      confusion[actual * classes + predicted]++;
      correct += predicted == actual ? 1 : 0;
      lossSum -= Math.log(Math.max(LEAST_PROBABILITY, probabilities[i * classes + actual]));
    }
    batches.add(new BatchCount(batch.id(0), batch.size(), correct, lossSum));
  }

  /** Makes what counts. */
  record Maker(int classes) implements Tally.Maker<Counts> {
    @Override
    public Counts make() {
      return none(classes);
    }
  }

  /** The first of the largest of an image's probabilities, as ND4J's argMax has it. */
  public static int mostProbable(float[] probabilities, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (probabilities[from + c] > probabilities[from + best]) {
        best = c;
      }
    }
    return best;
  }
}
