package convoy.driver.dataset;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.BlockLayout.Batches;
import convoy.driver.dataset.BlockLayout.Shards;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A prepared image set on a Hadoop file system: {@code dataset.json} beside the Parquet folders
 * {@code train} and {@code test}. Ids run from 0 in each split without a gap. Driver only; not
 * serialisable.
 */
public final class PreparedDataset {
  static final String MANIFEST = "dataset.json";
  static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            DataTypes.createStructField("id", DataTypes.LongType, false),
            DataTypes.createStructField("label", DataTypes.IntegerType, false),
            DataTypes.createStructField("image", DataTypes.BinaryType, false)
          });

  /** Pixels in one block, or in one partition of evaluation batches: little for an executor. */
  private static final int BLOCK_BYTES = 64 << 20;

  private final Path root;
  private final DatasetManifest manifest;

  private PreparedDataset(Path root, DatasetManifest manifest) {
    this.root = root;
    this.manifest = manifest;
  }

  /**
   * Reads the manifest.
   *
   * @throws CommandLineException if there is no prepared set
   */
  public static PreparedDataset open(Files files, Path root) throws IOException {
    Path file = new Path(root, MANIFEST);
    if (!files.exists(file)) {
      throw new CommandLineException(
          "--data %s: holds no prepared image set (no %s in it). `prepare` makes one; mnist and cifar10 are made when first named."
              .formatted(root, MANIFEST));
    }
    String text = files.read(file);
    return new PreparedDataset(root, Json.read(text, DatasetManifest.class, file.toString()));
  }

  /** Whether there is a prepared set. */
  public static boolean isAt(Files files, Path root) throws IOException {
    return files.exists(new Path(root, MANIFEST));
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return root;
  }

  /** What it holds. */
  public DatasetManifest manifest() {
    return manifest;
  }

  /** The shape of every image. */
  public ImageShape shape() {
    return manifest.shape();
  }

  /** The name of each class, by label. */
  public List<String> classes() {
    return manifest.classes();
  }

  /**
   * Training images, but for the last {@code heldOut}, dealt to workers: partition {@code w} is the
   * shard of worker {@code w}. Neither read nor cached yet.
   */
  public JavaRDD<ImageBlock> shards(SparkSession spark, long heldOut, int workers) {
    long images = manifest.counts().train() - heldOut;
    int blockSize = Math.max(1, BLOCK_BYTES / shape().pixels());
    return gather(spark, "train", new Shards(images, workers, blockSize));
  }

  /**
   * The last {@code heldOut} training images as evaluation batches. Neither read nor cached yet.
   *
   * @param slots tasks that run at a time
   */
  public JavaRDD<ImageBlock> validationBatches(
      SparkSession spark, long heldOut, int batchSize, int slots) {
    long images = manifest.counts().train();
    return batches(spark, "train", images - heldOut, images, batchSize, slots);
  }

  /**
   * The test images as evaluation batches. Neither read nor cached yet.
   *
   * @param slots tasks that run at a time
   */
  public JavaRDD<ImageBlock> testBatches(SparkSession spark, int batchSize, int slots) {
    return batches(spark, "test", 0, manifest.counts().test(), batchSize, slots);
  }

  /** As many partitions for each slot as it takes to keep them small. */
  private JavaRDD<ImageBlock> batches(
      SparkSession spark, String split, long from, long to, int batchSize, int slots) {
    long bytes = (to - from) * shape().pixels();
    int each = Math.toIntExact(1 + bytes / slots / BLOCK_BYTES);
    return gather(spark, split, new Batches(from, to, batchSize, slots * each));
  }

  /**
   * The files of a split in stretches, each read by one task; none is empty of bytes, some may be
   * of images.
   *
   * @throws InvalidDataException if there are none
   */
  public List<PartFile> partFiles(String split, Configuration hadoop) {
    return partFiles(new Path(root, split), hadoop);
  }

  private JavaRDD<ImageBlock> gather(SparkSession spark, String split, BlockLayout layout) {
    Path folder = new Path(root, split);
    if (layout.to() == layout.from()) {
      throw new InvalidDataException(
          folder + ": holds no images. Name a set by --data that has some, or prepare one.");
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<PartFile> files = partFiles(folder, context.hadoopConfiguration());
    return new BlockGathering(folder.toString(), layout, shape(), classes().size())
        .gather(context.parallelize(files, files.size()));
  }

  private static List<PartFile> partFiles(Path folder, Configuration hadoop) {
    try {
      List<PartFile> files = PartFile.in(folder, hadoop);
      if (files.isEmpty()) {
        throw new InvalidDataException(
            folder + ": holds no files. Delete the set and prepare it again.");
      }
      return files;
    } catch (FileNotFoundException e) {
      throw new InvalidDataException(
          folder + ": is missing. Delete the set and prepare it again.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
