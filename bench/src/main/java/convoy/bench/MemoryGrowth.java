package convoy.bench;

import convoy.data.augment.Augmentation;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.train.Averaging;
import convoy.driver.train.ImageWork;
import convoy.driver.train.Position;
import convoy.driver.train.SparkRounds;
import convoy.driver.train.Training;
import convoy.driver.train.TrainingListener;
import convoy.driver.train.TrainingPlan;
import convoy.model.engine.Engine;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Resident memory of the process after so many rounds of {@code cifar-deep}. It is to be started
 * with a heap that is resident from the start, so that what grows lies outside it.
 */
public final class MemoryGrowth {
  private MemoryGrowth() {}

  /** Takes a prepared set of 32x32x3, the batch size, and after how many rounds to look. */
  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[1]);
    int early = Integer.parseInt(args[2]);
    int late = Integer.parseInt(args[3]);
    try (SparkSession spark = Sessions.local(1)) {
      PreparedDataset dataset = Sessions.dataset(spark, args[0]);
      long images = 5_000;
      long heldOut = dataset.manifest().counts().train() - images;
      JavaRDD<ImageBlock> shards = dataset.shards(spark, heldOut, 1).cache();
      shards.count();
      Engine engine =
          Engine.dl4j(
              Zoo.named("cifar-deep", new InputShape(3, 32, 32), 10)
                  .configuration(Optimizer.ADAM, 1e-3, 1));
      Training training =
          new Training(
              new TrainingPlan(1, 0, late, batch, 1, Averaging.plain(1)),
              new SparkRounds<>(
                  JavaSparkContext.fromSparkContext(spark.sparkContext()),
                  ImageWork.of(
                      UUID.randomUUID().toString(),
                      engine,
                      dataset.shape(),
                      new Augmentation(15, 0.1, 0.1, true, false)),
                  shards),
              Training.Sizes.even(images, 1));
      Scale scale = new Scale(early);
      training.run(training.start(engine.initialState()), scale);
      long after = residentKib();
      System.out.printf(
          Locale.ROOT,
          "early=%d MiB late=%d MiB growth=%.4f%n",
          scale.early >> 10,
          after >> 10,
          (double) after / scale.early);
    }
  }

  private static long residentKib() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Weighs once. */
  private static final class Scale implements TrainingListener {
    private final int round;
    private long early;

    Scale(int round) {
      this.round = round;
    }

    @Override
    public void roundDone(Progress progress) {}

    @Override
    public void epochDone(EpochSummary summary, TrainingState model) {}

    @Override
    public void reached(Position position) {
      if (position.round() == round) {
        early = residentKib();
      }
    }

    @Override
    public boolean hasEnough() {
      return false;
    }
  }
}
