package convoy.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Reads what {@code predict} wrote, as any reader of Parquet would. */
final class PredictedRows {
  private PredictedRows() {}

  /**
   * A row without its path; what is null there is null here.
   *
   * @param row all of it as text, floats to their last digit
   */
  record Row(String label, String error, String row) {}

  /** All rows of a prediction, by path. */
  static Map<String, Row> in(Path out) throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(out.resolve("predictions"))) {
      for (Path file :
          files.filter(each -> !each.getFileName().toString().startsWith(".")).toList()) {
        read(file, rows);
      }
    }
    return rows;
  }

  private static void read(Path file, Map<String, Row> rows) throws IOException {
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .withConf(new Configuration())
            .build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        Row row = new Row(text(group, "label"), text(group, "error"), group.toString());
        if (rows.put(group.getString("path", 0), row) != null) {
          throw new AssertionError(group.getString("path", 0) + " is there twice");
        }
      }
    }
  }

  private static String text(Group row, String column) {
    return row.getFieldRepetitionCount(column) == 0 ? null : row.getString(column, 0);
  }
}
