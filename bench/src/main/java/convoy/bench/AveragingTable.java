package convoy.bench;

import convoy.data.augment.Augmentation;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.driver.train.Averaging;
import convoy.driver.train.Averaging.UpdaterState;
import convoy.driver.train.AveragingFrequency;
import convoy.driver.train.ImageWork;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.LearningRate;
import convoy.model.zoo.Network;
import convoy.model.zoo.Recipe;
import convoy.model.zoo.Schedule;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Test accuracy against averaging frequency and number of workers, as docs/averaging.md shows it:
 * one line a setting, with mean, spread and each seed's accuracy, as Markdown. {@code
 * bench/averaging} runs it.
 */
public final class AveragingTable {
  private static final int HELD_OUT = 10_000;

  /** Longer than any epoch: workers meet at its end alone. */
  private static final int EPOCH = Integer.MAX_VALUE;

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final PreparedDataset dataset;
  private final Network network;
  private final Study study;

  private AveragingTable(SparkSession spark, PreparedDataset dataset, Study study) {
    this.spark = spark;
    this.dataset = dataset;
    context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    network = Sessions.network(study.network, dataset);
    this.study = study;
  }

  /** What is measured. */
  private record Study(
      String network,
      Augmentation augmentation,
      int epochs,
      int seeds,
      List<Integer> frequencies,
      List<Double> momenta) {
    static Study named(String name) {
      return switch (name) {
        case "mnist" ->
            new Study(
                "lenet5",
                Augmentation.NONE,
                3,
                3,
                List.of(1, 5, 20, 100, EPOCH),
                List.of(0.0, 0.5));
        case "cifar" ->
            new Study(
                "cifar-deep",
                new Augmentation(15, 0.1, 0.1, true, false),
                2,
                1,
                List.of(5, 100),
                List.of(0.0));
        default -> throw new IllegalArgumentException("mnist or cifar, got " + name);
      };
    }
  }

  /** Takes the study's name, a prepared image set or the name of one, and numbers of workers. */
  public static void main(String[] args) throws IOException {
    Study study = Study.named(args[0]);
    try (SparkSession spark = Sessions.local(2)) {
      PreparedDataset dataset = Sessions.dataset(spark, args[1]);
      System.out.println(
          "| workers | averaged | outer momentum | mean % | highest less lowest | each seed % |");
      System.out.println("|---|---|---|---|---|---|");
      AveragingTable table = new AveragingTable(spark, dataset, study);
      List<String> workers = Arrays.asList(args).subList(2, args.length);
      for (String number : workers.isEmpty() ? List.of("1", "2", "4", "8") : workers) {
        table.measure(Integer.parseInt(number));
      }
    }
  }

  private void measure(int workers) {
    JavaRDD<ImageBlock> shards = dataset.shards(spark, HELD_OUT, workers).cache();
    long images = shards.map(block -> (long) block.size()).fold(0L, Long::sum);
    JavaRDD<ImageBlock> test = dataset.testBatches(spark, 1_000, 2).cache();
    for (double momentum : study.momenta) {
      for (int frequency : study.frequencies) {
        double[] accuracies =
            IntStream.rangeClosed(1, study.seeds)
                .mapToDouble(
                    seed -> accuracy(shards, images, test, workers, frequency, momentum, seed))
                .toArray();
        System.out.printf(
            Locale.ROOT,
            "| %d | %s | %s | %.2f | %.2f | %s |%n",
            workers,
            frequency == EPOCH ? "once an epoch" : "every " + frequency,
            momentum == 0 ? "none" : momentum,
            100 * Arrays.stream(accuracies).average().orElseThrow(),
            100
                * (Arrays.stream(accuracies).max().orElseThrow()
                    - Arrays.stream(accuracies).min().orElseThrow()),
            String.join(
                ", ",
                Arrays.stream(accuracies)
                    .mapToObj(a -> String.format(Locale.ROOT, "%.2f", 100 * a))
                    .toList()));
      }
    }
    shards.unpersist();
    test.unpersist();
  }

  private double accuracy(
      JavaRDD<ImageBlock> shards,
      long images,
      JavaRDD<ImageBlock> test,
      int workers,
      int frequency,
      double momentum,
      int seed) {
    Recipe recipe = network.recipe();
    int perEpoch = TrainingPlan.minibatchesPerEpoch(images, workers, recipe.batchSize());
    LearningRate rate =
        LearningRate.scheduled(
            recipe.learningRate(), Schedule.ONE_CYCLE, study.epochs * perEpoch, perEpoch);
    Engine engine = Engine.dl4j(network.configuration(recipe.optimizer(), rate, seed));
    Averaging averaging =
        new Averaging(
            AveragingFrequency.constant(frequency), 1, momentum, 0, UpdaterState.AVERAGED, 0);
    String id = UUID.randomUUID().toString();
    Training training =
        new Training(
            new TrainingPlan(workers, study.epochs, 0, recipe.batchSize(), seed, averaging),
            new SparkRounds<>(
                context, ImageWork.of(id, engine, dataset.shape(), study.augmentation), shards),
            Training.Sizes.even(images, workers));
    TrainingState state =
        training.run(training.start(engine.initialState()), TrainingListener.SILENT);
    return new Evaluator(context, id, engine, dataset.shape(), dataset.classes().size(), Views.NONE)
        .evaluate(test, state.parameters())
        .accuracy();
  }
}
