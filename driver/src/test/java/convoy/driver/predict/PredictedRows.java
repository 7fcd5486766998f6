package convoy.driver.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Reads what a prediction wrote, as any reader of Parquet would. */
final class PredictedRows {
  private PredictedRows() {}

  /** A row without its path; what is null there is null here. */
  record Row(String label, Float confidence, List<Float> probabilities, String error) {}

  /** All rows of a folder's files, by path. */
  static Map<String, Row> in(Path folder) throws IOException {
    Map<String, Row> rows = new HashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
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
      for (Group row = reader.read(); row != null; row = reader.read()) {
        Row twice = rows.put(row.getString("path", 0), row(row));
        if (twice != null) {
          throw new AssertionError(row.getString("path", 0) + " is there twice");
        }
      }
    }
  }

  private static Row row(Group row) {
    if (row.getFieldRepetitionCount("error") > 0) {
      boolean labelled =
          row.getFieldRepetitionCount("label") > 0
              || row.getFieldRepetitionCount("confidence") > 0
              || row.getFieldRepetitionCount("probabilities") > 0;
      return new Row(labelled ? "labelled" : null, null, null, row.getString("error", 0));
    }
    Group list = row.getGroup("probabilities", 0);
    List<Float> probabilities = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
      probabilities.add(list.getGroup("list", i).getFloat("element", 0));
    }
    return new Row(row.getString("label", 0), row.getFloat("confidence", 0), probabilities, null);
  }
}
