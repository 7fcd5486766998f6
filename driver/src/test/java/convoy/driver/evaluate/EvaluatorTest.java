package convoy.driver.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageSet;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Perturbation;
import convoy.data.augment.Perturber;
import convoy.data.augment.View;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import convoy.driver.train.Averaging;
import convoy.driver.train.ImageWork;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** The larger batch is shown to the network in several pieces. */
  @ParameterizedTest
  @ValueSource(ints = {100, 1_000})
  void countsWhatAPlainLoopCounts(int batchSize) {
    Engine engine = network(1);
    Counts counts = evaluate("plain", engine, batchSize, 2);
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
  void findsTheSameForAnyNumberOfPartitions() {
    Engine engine = network(1);
    String one = report(examine("found", engine, 50, 1));
    for (int partitions : List.of(2, 3, 7)) {
      assertThat(report(examine("found", engine, 50, partitions))).isEqualTo(one);
    }
  }

  /** Everything that is told of findings. */
  private static String report(Findings found) {
    StringBuilder text = new StringBuilder();
    text.append(Json.line(evaluation(found, 50, 1)));
    assertThat(found.suspects()).hasSize(25);
    assertThat(found.mistakes()).hasSize(25).doesNotContainAnyElementsOf(found.suspects());
    List<Gallery.Scored> shown = new ArrayList<>(found.mistakes());
    shown.addAll(found.suspects());
    for (Gallery.Scored each : shown) {
      text.append(
          "%d %d %d %s%n".formatted(each.id(), each.actual(), each.predicted(), each.confidence()));
      text.append(Arrays.hashCode(each.image()));
    }
    assertThat(found.examples())
        .extracting(Gallery.Scored::id)
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    return text.toString();
  }

  private static Evaluation evaluation(Findings found, int batchSize, double seconds) {
    return Evaluation.of(
        found,
        dataset,
        batchSize,
        "none",
        seconds,
        List.of(),
        new Evaluation.Run("file:/run", "id"),
        new Provenance("2026-01-01T00:00:00Z", "local[2]", 2, Map.of()));
  }

  @Test
  void comparesTwoNetworksAsTwoEvaluationsDo() {
    Engine one = network(1);
    Engine other = network(2);
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), 50, 3);
    PairFindings pair =
        new PairEvaluator(LocalSpark.context(), "pair", dataset.shape(), ToyImages.CLASSES)
            .compare(
                batches,
                one,
                one.initialState().parameters(),
                other,
                other.initialState().parameters());
    Counts first = evaluate("one", one, 50, 2);
    Counts second = evaluate("other", other, 50, 2);
    assertThat(pair.baseline().batches()).isEqualTo(first.batches());
    assertThat(pair.candidate().batches()).isEqualTo(second.batches());
    long gained = 0;
    for (int c = 0; c < ToyImages.CLASSES; c++) {
      assertThat(pair.baseline().confusion(c, c) - pair.onlyBaseline(c))
          .isEqualTo(pair.candidate().confusion(c, c) - pair.onlyCandidate(c))
          .isNotNegative();
      gained += pair.onlyCandidate(c) - pair.onlyBaseline(c);
    }
    assertThat(gained).isEqualTo(second.correct() - first.correct());
    assertThat(pair.lost().images()).allMatch(image -> image.predicted() != image.actual());
  }

  @Test
  void scoresPerturbedImagesAsAPlainLoopDoes() {
    Engine engine = network(1);
    float[] parameters = engine.initialState().parameters();
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), 100, 2);
    List<Robustness> found =
        Robustness.of(
            LocalSpark.context(), "perturbed", engine, parameters, dataset.shape(), batches);
    Perturbation noise = new Perturbation(Perturbation.Kind.NOISE, 3);
    long correct = 0;
    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(parameters);
      Perturber perturber = new Perturber(dataset.shape());
      int size = dataset.shape().pixels();
      for (int i = 0; i < RAW.test().size(); i++) {
        float[] image = new float[size];
        perturber.write(noise, RAW.test().pixels(), i * size, i, image, 0);
        correct += argMax(scorer.score(image, 1)) == RAW.test().label(i) ? 1 : 0;
      }
    }
    assertThat(found).hasSize(35).allMatch(each -> each.count() == 253);
    Robustness third =
        found.stream()
            .filter(each -> each.kind().equals("noise") && each.strength() == 3)
            .findAny()
            .orElseThrow();
    assertThat(third.correct()).isEqualTo(correct);
  }

  @Test
  void refusesANetworkThatGivesNoNumbers() {
    Engine engine = network(1);
    float[] parameters = engine.initialState().parameters();
    Arrays.fill(parameters, Float.NaN);
    Evaluator evaluator =
        new Evaluator(
            LocalSpark.context(), "nan", engine, dataset.shape(), ToyImages.CLASSES, Views.NONE);
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), 1_000, 1);
    assertThatThrownBy(() -> evaluator.evaluate(batches, parameters))
        .rootCause()
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("image 0: the model gives no number for it");
  }

  @Test
  void scoresBesideATrainingInTheSameExecutors() throws Exception {
    Engine engine = network(1);
    Counts alone = evaluate("beside-alone", engine, 20, 3);
    TrainingState quiet = train(engine);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Future<TrainingState> training = threads.submit(() -> train(engine));
      List<Future<Counts>> evaluations = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String owner = "beside-" + i % 2;
        evaluations.add(threads.submit(() -> evaluate(owner, engine, 20, 3)));
      }
      for (Future<Counts> each : evaluations) {
        assertThat(each.get().batches()).isEqualTo(alone.batches());
      }
      assertThat(training.get().parameters()).isEqualTo(quiet.parameters());
    } finally {
      threads.shutdown();
    }
  }

  private static TrainingState train(Engine engine) {
    TrainingPlan plan = new TrainingPlan(2, 10, 0, 2, 1, Averaging.plain(1));
    Training training =
        new Training(
            plan,
            new SparkRounds<>(
                LocalSpark.context(),
                ImageWork.of(
                    UUID.randomUUID().toString(), engine, dataset.shape(), Augmentation.NONE),
                dataset.shards(LocalSpark.session(), 0, 2).cache()),
            Training.Sizes.even(10, 2));
    return training.run(training.start(engine.initialState()), TrainingListener.SILENT);
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
    Evaluation evaluation = evaluation(examine("batches", network(1), 100, 2), 100, 2);
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
    Evaluation.PerClass figures = Evaluation.PerClass.of("cat", 6, 8, 12, 0.5);
    assertThat(figures.precision()).isEqualTo(0.75);
    assertThat(figures.recall()).isEqualTo(0.5);
    assertThat(figures.f1()).isCloseTo(0.6, within(1e-12));
    assertThat(Evaluation.PerClass.of("none", 0, 0, 0, 0).f1()).isZero();
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

  private static Findings examine(String owner, Engine engine, int batchSize, int partitions) {
    JavaRDD<ImageBlock> batches = dataset.testBatches(LocalSpark.session(), batchSize, partitions);
    return new Evaluator(
            LocalSpark.context(), owner, engine, dataset.shape(), ToyImages.CLASSES, Views.NONE)
        .examine(batches, engine.initialState().parameters());
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
