package convoy.driver.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against the definitions, computed over lists of all images. */
final class ScoresTest {
  private static final int CLASSES = 7;
  private static final int IMAGES = 5_000;

  private static final class Image {
    private final int actual;
    private final float[] probabilities;

    Image(int actual, float[] probabilities) {
      this.actual = actual;
      this.probabilities = probabilities;
    }

    int predicted() {
      return Counts.mostProbable(probabilities, 0, CLASSES);
    }
  }

  private final List<Image> images = images();

  /** Right more often than not, and surer the later they come. */
  private static List<Image> images() {
    Random random = new Random(5);
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      int actual = random.nextInt(CLASSES);
      double[] logits = new double[CLASSES];
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        logits[c] =
            Math.exp((1 + 10.0 * i / IMAGES) * (random.nextGaussian() + (c == actual ? 1.5 : 0)));
        sum += logits[c];
      }
      float[] probabilities = new float[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        probabilities[c] = (float) (logits[c] / sum);
      }
      images.add(new Image(actual, probabilities));
    }
    return images;
  }

  private static Scores scored(List<Image> images) {
    Scores scores = new Scores(CLASSES);
    images.forEach(image -> scores.add(image.probabilities, 0, image.actual, image.predicted()));
    return scores;
  }

  @Test
  void ranksTheRightClass() {
    for (int k = 1; k <= 5; k++) {
      int most = k;
      long expected =
          images.stream()
              .filter(
                  image -> {
                    int before = 0;
                    for (float p : image.probabilities) {
                      before += p > image.probabilities[image.actual] ? 1 : 0;
                    }
                    return before < most;
                  })
              .count();
      assertThat(scored(images).amongFirst(k)).isEqualTo(expected);
    }
  }

  @Test
  void breaksTiesAsThePredictionDoes() {
    Scores scores = new Scores(3);
    float[] even = {0.25f, 0.375f, 0.375f};
    scores.add(even, 0, 1, Counts.mostProbable(even, 0, 3));
    scores.add(even, 0, 2, Counts.mostProbable(even, 0, 3));
    assertThat(scores.amongFirst(1)).isEqualTo(1);
    assertThat(scores.amongFirst(2)).isEqualTo(2);
  }

  @Test
  void sumsTheBrierScore() {
    double sum = 0;
    for (Image image : images) {
      for (int c = 0; c < CLASSES; c++) {
        double miss = (double) image.probabilities[c] - (c == image.actual ? 1 : 0);
        sum += miss * miss;
      }
    }
    assertThat(scored(images).brierSum()).isCloseTo(sum, within(1e-6));
  }

  @Test
  void findsTheCalibrationError() {
    double expected = 0;
    for (int bin = 0; bin < 15; bin++) {
      double right = 0;
      double confidence = 0;
      for (Image image : images) {
        double p = image.probabilities[image.predicted()];
        if (p >= bin / 15.0 && (p < (bin + 1) / 15.0 || bin == 14)) {
          right += image.predicted() == image.actual ? 1 : 0;
          confidence += p;
        }
      }
      expected += Math.abs(right - confidence) / IMAGES;
    }
    Evaluation.Calibration found = Evaluation.Calibration.of(scored(images), IMAGES);
    assertThat(found.expectedError()).isCloseTo(expected, within(1e-9)).isGreaterThan(0.01);
    assertThat(found.bins().stream().mapToLong(Evaluation.Calibration.Bin::count).sum())
        .isEqualTo(IMAGES);
  }

  /** As scikit-learn has it: equally probable images are taken together. */
  @Test
  void findsTheAveragePrecision() {
    Scores scores = scored(images);
    for (int c = 0; c < CLASSES; c++) {
      int of = c;
      TreeMap<Float, List<Image>> byProbability = new TreeMap<>(Comparator.reverseOrder());
      images.forEach(
          image ->
              byProbability
                  .computeIfAbsent(image.probabilities[of], p -> new ArrayList<>())
                  .add(image));
      double sum = 0;
      long found = 0;
      long taken = 0;
      for (List<Image> equal : byProbability.values()) {
        long members = equal.stream().filter(image -> image.actual == of).count();
        found += members;
        taken += equal.size();
        sum += members * ((double) found / taken);
      }
      assertThat(scores.averagePrecision(c)).isCloseTo(sum / found, within(0.002));
    }
  }

  @Test
  void thresholdsAscendAndTellNearlyCertainFromCertain() {
    int last = -1;
    float[] probabilities = {
      0,
      0x1p-24f,
      1e-7f,
      1e-6f,
      1e-3f,
      0.1f,
      0.3f,
      0.49f,
      0.5f,
      0.51f,
      0.7f,
      0.9f,
      0.999f,
      0.999999f,
      1 - 0x1p-22f,
      1
    };
    for (float p : probabilities) {
      int bin = Scores.Threshold.of(p);
      assertThat(bin).as("%s", p).isGreaterThanOrEqualTo(last).isLessThan(Scores.Threshold.COUNT);
      last = bin;
    }
    assertThat(Scores.Threshold.of(0)).isZero();
    assertThat(last).isEqualTo(Scores.Threshold.COUNT - 1);
    assertThat(Scores.Threshold.of(0.999999f)).isLessThan(Scores.Threshold.of(1));
    assertThat(Scores.Threshold.of(0.51f)).isGreaterThan(Scores.Threshold.of(0.49f));
  }

  @Test
  void tellsWhatRiskIsLeftAtEachCoverage() {
    List<Evaluation.Answered> curve = Evaluation.Answered.curve(scored(images), IMAGES);
    Evaluation.Answered all = curve.get(curve.size() - 1);
    long wrong = images.stream().filter(image -> image.predicted() != image.actual).count();
    assertThat(all.coverage()).isEqualTo(1);
    assertThat(all.risk()).isEqualTo((double) wrong / IMAGES);
    for (Evaluation.Answered point : curve) {
      // A bin of the upper half does not hold its lower end.
      double least =
          point.confidence() < 0.5 ? point.confidence() : Math.nextUp(point.confidence());
      long answered =
          images.stream().filter(image -> image.probabilities[image.predicted()] >= least).count();
      assertThat(point.coverage()).isEqualTo((double) answered / IMAGES);
    }
    assertThat(curve).hasSizeGreaterThan(100);
  }

  @Test
  void travelsWhole() throws IOException, ClassNotFoundException {
    Scores sent = scored(images);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Scores received = (Scores) in.readObject();
      for (int c = 0; c < CLASSES; c++) {
        assertThat(received.averagePrecision(c)).isEqualTo(sent.averagePrecision(c));
      }
      assertThat(Evaluation.Answered.curve(received, IMAGES))
          .isEqualTo(Evaluation.Answered.curve(sent, IMAGES));
    }
  }

  @Test
  void mergesExactlyInAnyOrder() {
    Scores whole = scored(images);
    Scores merged = new Scores(CLASSES);
    for (int part = 4; part >= 0; part--) {
      merged.add(scored(images.subList(part * 1_000, part * 1_000 + 1_000)));
    }
    assertThat(merged.brierSum()).isEqualTo(whole.brierSum());
    for (int c = 0; c < CLASSES; c++) {
      assertThat(merged.averagePrecision(c)).isEqualTo(whole.averagePrecision(c));
      assertThat(merged.ownProbabilitySum(c)).isEqualTo(whole.ownProbabilitySum(c));
    }
    assertThat(Evaluation.Calibration.of(merged, IMAGES))
        .isEqualTo(Evaluation.Calibration.of(whole, IMAGES));
  }
}
