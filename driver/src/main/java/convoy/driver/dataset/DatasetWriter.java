package convoy.driver.dataset;

import convoy.data.ImageSet;
import convoy.data.ImageShape;
import convoy.data.RawDataset;
import convoy.driver.dataset.DatasetManifest.Counts;
import convoy.driver.store.Files;
import convoy.driver.store.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Writes a raw data set as a prepared one. Driver only; not serialisable. */
public final class DatasetWriter {
  /** Pixels in one part file: a few files an executor, and each a few HDFS blocks at most. */
  private static final int PART_BYTES = 16 << 20;

  private final SparkSession spark;
  private final Files files;

  /** With the session that writes and the file system that receives. */
  public DatasetWriter(SparkSession spark, Files files) {
    this.spark = spark;
    this.files = files;
  }

  /**
   * Writes beside {@code target} and renames into it.
   *
   * @param target a place where nothing, or an empty folder, is
   */
  public PreparedDataset write(RawDataset raw, Path target) throws IOException {
    Path staging = Files.beside(target);
    try {
      writeSplit(raw.train(), new Path(staging, "train"));
      writeSplit(raw.test(), new Path(staging, "test"));
      files.write(new Path(staging, PreparedDataset.MANIFEST), Json.pretty(manifest(raw)));
      files.moveFolder(staging, target);
    } finally {
      files.deleteFolder(staging);
    }
    return PreparedDataset.open(files, target);
  }

  private void writeSplit(ImageSet images, Path folder) {
    List<ImageBlock> parts = parts(images);
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(parts, Math.max(1, parts.size()))
            .flatMap(DatasetWriter::rows);
    spark.createDataFrame(rows, PreparedDataset.SCHEMA).write().parquet(folder.toString());
  }

  private static List<ImageBlock> parts(ImageSet images) {
    int bytes = images.shape().pixels();
    int most = Math.max(1, PART_BYTES / bytes);
    List<ImageBlock> parts = new ArrayList<>();
    for (int from = 0; from < images.size(); from += most) {
      int size = Math.min(most, images.size() - from);
      long[] ids = new long[size];
      int[] labels = new int[size];
      for (int i = 0; i < size; i++) {
        ids[i] = (long) from + i;
        labels[i] = images.label(from + i);
      }
      parts.add(
          new ImageBlock(
              ids,
              labels,
              Arrays.copyOfRange(images.pixels(), from * bytes, (from + size) * bytes)));
    }
    return parts;
  }

  private static Iterator<Row> rows(ImageBlock block) {
    int bytes = block.pixels().length / block.size();
    List<Row> rows = new ArrayList<>(block.size());
    for (int i = 0; i < block.size(); i++) {
      byte[] image = Arrays.copyOfRange(block.pixels(), i * bytes, (i + 1) * bytes);
      rows.add(RowFactory.create(block.id(i), block.label(i), image));
    }
    return rows.iterator();
  }

  private static DatasetManifest manifest(RawDataset raw) {
    ChannelStatistics statistics = ChannelStatistics.of(raw.train());
    return new DatasetManifest(
        DatasetManifest.SCHEMA,
        raw.name(),
        raw.train().shape(),
        raw.classes(),
        new Counts(raw.train().size(), raw.test().size()),
        statistics.mean(),
        statistics.std(),
        checksum(raw),
        raw.sources());
  }

  private static String checksum(RawDataset raw) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (ImageSet split : List.of(raw.train(), raw.test())) {
        ByteBuffer labels = ByteBuffer.allocate(Integer.BYTES * split.size());
        for (int i = 0; i < split.size(); i++) {
          labels.putInt(split.label(i));
        }
        digest.update(labels.array());
        digest.update(split.pixels());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Mean and standard deviation of each channel, pixels scaled to [0, 1]. */
  private record ChannelStatistics(List<Double> mean, List<Double> std) {
    static ChannelStatistics of(ImageSet images) {
      ImageShape shape = images.shape();
      int plane = shape.height() * shape.width();
      long[] sum = new long[shape.channels()];
      long[] squares = new long[shape.channels()];
      byte[] pixels = images.pixels();
      for (int start = 0, channel = 0; start < pixels.length; start += plane) {
        for (int i = start; i < start + plane; i++) {
          int value = pixels[i] & 0xff;
          sum[channel] += value;
          squares[channel] += (long) value * value;
        }
        channel = (channel + 1) % shape.channels();
      }
      double count = Math.max(1.0, (double) images.size() * plane);
      List<Double> mean = new ArrayList<>();
      List<Double> std = new ArrayList<>();
      for (int c = 0; c < shape.channels(); c++) {
        double m = sum[c] / count;
        mean.add(m / 255);
        std.add(Math.sqrt(Math.max(0, squares[c] / count - m * m)) / 255);
      }
      return new ChannelStatistics(mean, std);
    }
  }
}
