package convoy.driver.dataset;

import convoy.data.InvalidDataException;
import convoy.driver.store.TaskHadoop;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.TaskContext;

/**
 * A stretch of a Parquet file of a prepared split. Its rows are those of the row groups that begin
 * in it.
 *
 * <p>Read by Parquet's own reader: Spark SQL takes longer to start than MNIST takes to be read.
 *
 * @param from the first byte
 * @param to behind the last byte
 */
public record PartFile(String file, long from, long to) implements Serializable {
  /** Longer files are read by several tasks. */
  private static final long LONGEST = 128L << 20;

  /** What is done with a row. */
  @FunctionalInterface
  public interface Rows {
    /** One row. */
    void row(long id, int label, byte[] image);
  }

  /** All stretches of a folder's files, in the order of their names. */
  static List<PartFile> in(Path folder, Configuration hadoop) throws IOException {
    FileSystem system = folder.getFileSystem(hadoop);
    FileStatus[] files =
        system.listStatus(
            folder, path -> !path.getName().startsWith("_") && !path.getName().startsWith("."));
    Arrays.sort(files);
    List<PartFile> parts = new ArrayList<>();
    for (FileStatus file : files) {
      for (long from = 0; from < file.getLen(); from += LONGEST) {
        long to = Math.min(from + LONGEST, file.getLen());
        parts.add(new PartFile(file.getPath().toString(), from, to));
      }
    }
    return parts;
  }

  /**
   * Reads its rows, on an executor.
   *
   * @throws InvalidDataException if the file is damaged, out of reach, or holds something else
   */
  public void read(Rows rows) {
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new Path(file))
            .withConf(TaskHadoop.settings())
            .withFileRange(from, to)
            .usePageChecksumVerification()
            .build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        if (TaskContext.get().isInterrupted()) {
          throw new CancellationException("the task was killed");
        }
        rows.row(
            row.getLong("id", 0), row.getInteger("label", 0), row.getBinary("image", 0).getBytes());
      }
    } catch (CancellationException | InvalidDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new InvalidDataException(
          "%s: cannot be read (%s). If it is damaged, delete the set and prepare it again."
              .formatted(file, root),
          e);
    }
  }
}
