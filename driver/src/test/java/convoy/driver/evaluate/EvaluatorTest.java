package convoy.driver.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageSet;
import convoy.data.RawDataset;
import convoy.data.augment.View;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluatorTest {
  private static final RawDataset RAW = ToyImages.digits(10, 253);
  @TempDir private static Path folder;
  private static PreparedDataset dataset;

  @BeforeAll
  static void prepare() throws IOException {
    Files files = new Files(new Configuration());
    dataset =
        new DatasetWriter(LocalSpark.session(), files)
            .write(RAW, files.resolve(folder.resolve("set").toString()));
  }

  @Test
  void countsWhatAPlainLoopCounts() {
    Engine engine = network(1);
    Counts counts = evaluate("plain", engine, 100, 2);
    long[][] confusion = new long[ToyImages.CLASSES][ToyImages.CLASSES];
    double loss = 0;
    ImageSet test = RAW.test();
    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(engine.initialState().parameters());
      for (int i = 0; i < test.size(); i++) {
        float[] probabilities = scorer.score(pixels(test, i), 1);
        confusion[test.label(i)][argMax(probabilities)]++;
        loss -= Math.log(probabilities[test.label(i)]);
      }
    }
    for (int actual = 0; actual < ToyImages.CLASSES; actual++) {
      for (int predicted = 0; predicted < ToyImages.CLASSES; predicted++) {
        assertThat(counts.confusion(actual, predicted)).isEqualTo(confusion[actual][predicted]);
      }
    }
    assertThat(counts.count()).isEqualTo(253);
    assertThat(counts.loss()).isCloseTo(loss / 253, within(1e-5));
  }

  @Test
  void givesTheSameFiguresForAnyNumberOfPartitions() {
    Engine engine = network(1);
    Counts one = evaluate("partitions", engine, 50, 1);
    for (int partitions : List.of(2, 3, 7)) {
      Counts many = evaluate("partitions", engine, 50, partitions);
      assertThat(many.batches()).isEqualTo(one.batches());
      assertThat(many.loss()).isEqualTo(one.loss());
      assertThat(many.correct()).isEqualTo(one.correct());
    }
  }

  @Test
  void averagesTheProbabilitiesOfViews() {
    Engine engine = network(1);
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), 100, 2);
    float[] parameters = engine.initialState().parameters();
    for (Views views : Views.values()) {
      double loss = 0;
      try (LocalScorer scorer = engine.scorer()) {
        scorer.load(parameters);
        for (ImageBlock batch : batches.collect()) {
          for (int i = 0; i < batch.size(); i++) {
            double right = 0;
            for (View view : views.views()) {
              float[] image = new float[dataset.shape().pixels()];
              view.write(dataset.shape(), batch.pixels(), i * image.length, image, 0);
              right += scorer.score(image, 1)[batch.label(i)] / views.views().size();
            }
            loss -= Math.log(right) / 253;
          }
        }
      }
      Counts counts =
          new Evaluator(
                  LocalSpark.context(), "views", engine, dataset.shape(), ToyImages.CLASSES, views)
              .evaluate(batches, parameters);
      assertThat(counts.loss()).isCloseTo(loss, within(1e-5));
    }
    assertThat(Views.MIRROR_SHIFT.views()).hasSize(10).doesNotHaveDuplicates();
    assertThat(Views.SHIFT.views()).hasSize(5).doesNotHaveDuplicates();
    assertThat(Views.NONE.views()).containsExactly(View.PLAIN);
  }

  @Test
  void reportsEachBatchAndTheRemainder() {
    Evaluation evaluation =
        Evaluation.of(evaluate("batches", network(1), 100, 2), dataset, 100, "none", 2.0);
    assertThat(evaluation.batches()).extracting(Evaluation.Batch::index).containsExactly(0, 1, 2);
    assertThat(evaluation.batches())
        .extracting(Evaluation.Batch::count)
        .containsExactly(100, 100, 53);
    assertThat(evaluation.batches().stream().mapToInt(Evaluation.Batch::correct).sum())
        .isEqualTo((int) evaluation.correct());
    assertThat(evaluation.count()).isEqualTo(253);
    assertThat(evaluation.accuracy()).isEqualTo((double) evaluation.correct() / 253);
    assertThat(evaluation.imagesPerSecond()).isEqualTo(126.5);
    assertThat(evaluation.perClass().stream().mapToLong(Evaluation.PerClass::support).sum())
        .isEqualTo(253);
  }

  @Test
  void computesPrecisionRecallAndF1ByHand() {
    Evaluation.PerClass figures = Evaluation.PerClass.of("cat", 6, 8, 12);
    assertThat(figures.precision()).isEqualTo(0.75);
    assertThat(figures.recall()).isEqualTo(0.5);
    assertThat(figures.f1()).isCloseTo(0.6, within(1e-12));
    assertThat(Evaluation.PerClass.of("none", 0, 0, 0).f1()).isZero();
  }

  @Test
  void keepsNetworksApartThatAreEvaluatedAtTheSameTime() throws Exception {
    List<Double> alone = new ArrayList<>();
    for (int seed = 0; seed < 4; seed++) {
      alone.add(evaluate("alone-" + seed, network(seed), 20, 3).loss());
    }
    assertThat(alone).doesNotHaveDuplicates();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Counts>> together = new ArrayList<>();
      for (int seed = 0; seed < 4; seed++) {
        String owner = "together-" + seed;
        Engine engine = network(seed);
        together.add(threads.submit(() -> evaluate(owner, engine, 20, 3)));
      }
      for (int seed = 0; seed < 4; seed++) {
        assertThat(together.get(seed).get().loss()).isEqualTo(alone.get(seed));
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Counts evaluate(String owner, Engine engine, int batchSize, int partitions) {
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), batchSize, partitions);
    return new Evaluator(
            LocalSpark.context(), owner, engine, dataset.shape(), ToyImages.CLASSES, Views.NONE)
        .evaluate(batches, engine.initialState().parameters());
  }

  private static Engine network(int seed) {
    return Engine.dl4j(
        Zoo.named("lenet5", new InputShape(1, 28, 28), ToyImages.CLASSES)
            .configuration(Optimizer.ADAM, 1e-3, seed));
  }

  private static float[] pixels(ImageSet images, int index) {
    int size = images.shape().pixels();
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = (images.pixels()[index * size + i] & 0xff) / 255f;
    }
    return floats;
  }

  private static int argMax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
