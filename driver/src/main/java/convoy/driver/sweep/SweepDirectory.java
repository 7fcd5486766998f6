package convoy.driver.sweep;

import convoy.driver.store.Files;
import convoy.driver.store.Json;
import convoy.driver.store.OutputFolder;
import java.io.IOException;
import org.apache.hadoop.fs.Path;

/**
 * The directory of one sweep: {@code sweep.yaml} first, then {@code sweep.jsonl} and the runs of
 * trials, then what came out, {@code _SUCCESS} last. Driver only; not serialisable.
 */
public final class SweepDirectory implements AutoCloseable {
  private static final String SPEC = "sweep.yaml";
  private static final String JOURNAL = "sweep.jsonl";
  private static final OutputFolder.Kind KIND = new OutputFolder.Kind("sweep", JOURNAL, SPEC);

  private final Files files;
  private final OutputFolder folder;

  private SweepDirectory(Files files, OutputFolder folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * A new sweep's.
   *
   * @throws convoy.driver.CommandLineException if the place holds something already
   */
  public static SweepDirectory create(Files files, Path root) {
    return new SweepDirectory(files, OutputFolder.create(files, root, KIND));
  }

  /**
   * That of a sweep that was interrupted.
   *
   * @throws convoy.driver.CommandLineException if the place holds something else
   */
  public static SweepDirectory resume(Files files, Path root) {
    return new SweepDirectory(files, OutputFolder.resume(files, root, KIND));
  }

  /** The folder as a whole. */
  public OutputFolder folder() {
    return folder;
  }

  /** Where it is, as a full URI. */
  public Path root() {
    return folder.root();
  }

  /** Whether the journal is there, and the specification with it. */
  public boolean isBegun() throws IOException {
    return folder.isBegun();
  }

  /** The specification's text. */
  public String specification() throws IOException {
    return files.read(folder.path(SPEC));
  }

  /** Writes the specification's text. */
  public void describe(String text) throws IOException {
    files.write(folder.path(SPEC), text);
  }

  /** What was decided. */
  public Journal journal() {
    return new Journal(files, folder.path(JOURNAL));
  }

  /** Where a trial's run is. */
  public Path run(Trial.Ref ref) {
    return folder.path(ref.directory());
  }

  /** Writes {@code sweep.json}. */
  public void save(SweepResult result) throws IOException {
    files.write(folder.path("sweep.json"), Json.pretty(result));
  }

  /** Writes {@code trials.csv}. */
  public void saveTable(String csv) throws IOException {
    files.write(folder.path("trials.csv"), csv);
  }

  /** Writes {@code trials.parquet}, in place of an earlier one, by what writes it elsewhere. */
  public void saveParquet(ParquetWriting writing) throws IOException {
    Path place = folder.path("trials.parquet");
    Path beside = Files.beside(place);
    try {
      writing.to(beside.toString());
      files.deleteFolder(place);
      files.moveFolder(beside, place);
    } finally {
      files.deleteFolder(beside);
    }
  }

  /** Writes Parquet files. */
  @FunctionalInterface
  public interface ParquetWriting {
    /** Into a folder that is not there yet. */
    void to(String uri);
  }

  /** Writes {@code sweep.html}. */
  public void savePage(String html) throws IOException {
    files.write(folder.path("sweep.html"), html);
  }

  /** Removes a new directory if the sweep was refused before it began. */
  @Override
  public void close() throws IOException {
    folder.close();
  }
}
