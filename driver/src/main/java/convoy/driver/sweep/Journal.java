package convoy.driver.sweep;

import convoy.driver.store.Files;
import convoy.driver.store.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * {@code sweep.jsonl}. It is replaced as a whole with every entry, because not every file system
 * can append; so a driver that dies leaves it with or without an entry, never with half of one.
 */
public final class Journal {
  private final Files files;
  private final Path file;
  private final List<String> lines = new ArrayList<>();

  /** In a file that may be there already. */
  public Journal(Files files, Path file) {
    this.files = files;
    this.file = file;
  }

  /** The entries so far. */
  public List<Entry> entries() throws IOException {
    lines.clear();
    if (files.exists(file)) {
      files.read(file).lines().forEach(lines::add);
    }
    return lines.stream().map(line -> Json.read(line, Entry.class, file.toString())).toList();
  }

  void add(Entry entry) throws IOException {
    lines.add(Json.line(entry));
    files.write(file, String.join("\n", lines) + "\n");
  }
}
