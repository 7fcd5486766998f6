package convoy.driver.predict;

import convoy.data.InvalidDataException;
import convoy.driver.store.Files;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;

/**
 * One part of the output, written beside its place and renamed into it: when it is there it is
 * whole. Who writes it again writes the same, so of two the first one stays.
 */
final class PredictionFile implements Closeable {
  /** Where a file notes how many of its rows have an error in place of a label. */
  static final String FAILED = "convoy.failed";

  /** What a writer holds in memory. */
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final FileSystem system;
  private final Path target;
  private final Path beside;
  private final ParquetWriter<PredictionRow> writer;
  private final PredictionRow row = new PredictionRow();
  private long rows;
  private long failed;

  private PredictionFile(
      FileSystem system, Path target, Path beside, ParquetWriter<PredictionRow> writer) {
    this.system = system;
    this.target = target;
    this.beside = beside;
    this.writer = writer;
  }

  /** Begins one. */
  static PredictionFile create(Path target, List<String> classes, Configuration hadoop)
      throws IOException {
    FileSystem system = target.getFileSystem(hadoop);
    // As in Files: hidden .crc files would refuse what other tools have changed.
    system.setWriteChecksum(false);
    Path beside = Files.beside(target);
    OutputFile out = HadoopOutputFile.fromPath(beside, hadoop);
    return new PredictionFile(system, target, beside, new Builder(out, classes, hadoop).build());
  }

  /**
   * What one that was finished holds; empty where there is none.
   *
   * @throws InvalidDataException if it is damaged
   */
  static Optional<PartCounts> counts(Path target, Configuration hadoop) throws IOException {
    if (!target.getFileSystem(hadoop).exists(target)) {
      return Optional.empty();
    }
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(target, hadoop))) {
      String failed = reader.getFileMetaData().getKeyValueMetaData().get(FAILED);
      return Optional.of(new PartCounts(reader.getRecordCount(), Long.parseLong(failed), 0));
    } catch (RuntimeException e) {
      throw new InvalidDataException(
          "%s: is damaged (%s). Delete it, and go on by --resume.".formatted(target, e), e);
    }
  }

  /**
   * Adds an image that was scored.
   *
   * @param probabilities [image, class]
   * @param from where the image starts there
   */
  void add(String path, float[] probabilities, int from) throws IOException {
    writer.write(row.of(path, probabilities, from));
    rows++;
  }

  /** Adds one that could not be decoded. */
  void add(String path, String error) throws IOException {
    writer.write(row.of(path, error));
    rows++;
    failed++;
  }

  /** Puts the file in its place. */
  PartCounts finish() throws IOException {
    writer.close();
    if (!system.rename(beside, target) && !system.exists(target)) {
      throw new IOException("%s: could not be renamed to %s".formatted(beside, target));
    }
    return new PartCounts(rows, failed, rows);
  }

  /** Leaves nothing of a file that was not finished. */
  @Override
  public void close() throws IOException {
    system.delete(beside, false);
  }

  private static final class Builder extends ParquetWriter.Builder<PredictionRow, Builder> {
    private final List<String> classes;

    Builder(OutputFile file, List<String> classes, Configuration hadoop) {
      super(file);
      this.classes = classes;
      withConf(hadoop);
      withCompressionCodec(CompressionCodecName.SNAPPY);
      withRowGroupSize(ROW_GROUP_BYTES);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<PredictionRow> getWriteSupport(Configuration hadoop) {
      return new PredictionRow.Support(classes);
    }
  }
}
