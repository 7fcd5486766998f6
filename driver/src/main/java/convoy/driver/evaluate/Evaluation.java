package convoy.driver.evaluate;

import convoy.driver.dataset.PreparedDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The content of {@code evaluation.json}.
 *
 * @param schema of this file, 1
 * @param accuracy share of images whose most probable class was theirs
 * @param loss mean negative log-likelihood of the right class
 * @param data the images
 * @param testTimeAugmentation how each image was looked at
 * @param batches each batch's own figures, the last one being the remainder
 * @param confusion rows are actual classes, columns predicted ones
 * @param seconds that reading and scoring took
 */
public record Evaluation(
    int schema,
    double accuracy,
    long correct,
    long count,
    double loss,
    Data data,
    int batchSize,
    String testTimeAugmentation,
    List<Batch> batches,
    List<String> classes,
    List<List<Long>> confusion,
    List<PerClass> perClass,
    double seconds,
    double imagesPerSecond) {
  private static final int SCHEMA = 1;

  /** Figures of the counts over a prepared set's test images. */
  public static Evaluation of(
      Counts counts,
      PreparedDataset dataset,
      int batchSize,
      String testTimeAugmentation,
      double seconds) {
    return new Evaluation(
        SCHEMA,
        counts.accuracy(),
        counts.correct(),
        counts.count(),
        counts.loss(),
        new Data(
            dataset.manifest().name(), dataset.root().toString(), dataset.manifest().checksum()),
        batchSize,
        testTimeAugmentation,
        batches(counts),
        dataset.classes(),
        confusion(counts),
        perClass(counts, dataset.classes()),
        seconds,
        counts.count() / seconds);
  }

  private static List<Batch> batches(Counts counts) {
    List<Batch> batches = new ArrayList<>();
    for (Counts.BatchCount batch : counts.batches()) {
      batches.add(
          new Batch(
              batches.size(),
              batch.count(),
              batch.correct(),
              (double) batch.correct() / batch.count(),
              batch.lossSum() / batch.count()));
    }
    return batches;
  }

  private static List<List<Long>> confusion(Counts counts) {
    return IntStream.range(0, counts.classes())
        .mapToObj(
            actual ->
                IntStream.range(0, counts.classes())
                    .mapToObj(predicted -> counts.confusion(actual, predicted))
                    .toList())
        .toList();
  }

  private static List<PerClass> perClass(Counts counts, List<String> classes) {
    List<PerClass> figures = new ArrayList<>();
    for (int c = 0; c < counts.classes(); c++) {
      long support = 0;
      long predicted = 0;
      for (int other = 0; other < counts.classes(); other++) {
        support += counts.confusion(c, other);
        predicted += counts.confusion(other, c);
      }
      figures.add(PerClass.of(classes.get(c), counts.confusion(c, c), predicted, support));
    }
    return figures;
  }

  /** Which images were scored. */
  public record Data(String name, String uri, String checksum) {}

  /** One batch. */
  public record Batch(int index, int count, int correct, double accuracy, double loss) {}

  /**
   * One class. A ratio whose denominator is 0 is given as 0.
   *
   * @param name of the class
   * @param support images of the class
   * @param predicted images taken for the class
   */
  public record PerClass(
      String name, double precision, double recall, double f1, long support, long predicted) {
    static PerClass of(String name, long right, long predicted, long support) {
      return new PerClass(
          name,
          ratio(right, predicted),
          ratio(right, support),
          ratio(2 * right, predicted + support),
          support,
          predicted);
    }

    private static double ratio(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }
  }
}
