package convoy.driver.report;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.sweep.SweepResult;
import convoy.driver.sweep.SweepResult.TrialResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A sweep's trials as a table for other programs: a row a trial, first what became of it, then the
 * searched settings. A setting called like one of the first columns has {@code setting-} before its
 * name.
 */
public final class TrialTable {
  /** A column; its values are of the type or null. */
  private record Column(String name, DataType type, Function<TrialResult, Object> value) {}

  private static final List<Column> RESULTS =
      List.of(
          new Column("trial", DataTypes.LongType, trial -> (long) trial.number()),
          new Column("directory", DataTypes.StringType, TrialResult::directory),
          new Column("state", DataTypes.StringType, TrialResult::state),
          new Column("reason", DataTypes.StringType, TrialResult::reason),
          new Column("score", DataTypes.DoubleType, TrialResult::score),
          new Column("accuracy", DataTypes.DoubleType, TrialResult::accuracy),
          new Column("loss", DataTypes.DoubleType, TrialResult::loss),
          new Column("epochs", DataTypes.LongType, trial -> (long) trial.epochs().size()),
          new Column("slotSeconds", DataTypes.DoubleType, TrialResult::slotSeconds),
          new Column("parameters", DataTypes.LongType, TrialResult::parameters),
          new Column("multiplyAdds", DataTypes.LongType, TrialResult::multiplyAdds));

  private final List<Column> columns;
  private final List<TrialResult> trials;

  private TrialTable(List<Column> columns, List<TrialResult> trials) {
    this.columns = List.copyOf(columns);
    this.trials = List.copyOf(trials);
  }

  /** The trials of a result, with the settings of the space it was found in. */
  public static TrialTable of(SweepResult result, Space space) {
    List<Column> columns = new ArrayList<>(RESULTS);
    space.settings().forEach(setting -> columns.add(column(setting)));
    return new TrialTable(columns, result.trials());
  }

  /** As comma-separated values (RFC 4180) with a header; what is unknown is empty. */
  public String csv() {
    StringBuilder text = new StringBuilder();
    line(text, columns.stream().map(Column::name).toList());
    for (TrialResult trial : trials) {
      line(text, values(trial));
    }
    return text.toString();
  }

  /**
   * Writes Parquet, one part, in place of what was there.
   *
   * @param path of the directory, as Spark takes it
   */
  public void writeParquet(SparkSession spark, String path) {
    StructType schema = new StructType();
    for (Column column : columns) {
      schema = schema.add(column.name, column.type, true);
    }
    List<Row> rows =
        trials.stream().map(trial -> RowFactory.create(values(trial).toArray())).toList();
    spark.createDataFrame(rows, schema).coalesce(1).write().mode(SaveMode.Overwrite).parquet(path);
  }

  private List<Object> values(TrialResult trial) {
    return columns.stream().map(column -> column.value.apply(trial)).collect(Collectors.toList());
  }

  private static Column column(Setting setting) {
    String name = setting.name();
    // Spark does not tell columns apart by case.
    boolean taken = RESULTS.stream().anyMatch(column -> column.name.equalsIgnoreCase(name));
    DataType type = type(setting.range());
    return new Column(
        taken ? "setting-" + name : name, type, trial -> cast(trial.point().get(name), type));
  }

  private static DataType type(Range range) {
    if (range instanceof Range.Choice choice) {
      List<Object> values = choice.values();
      if (values.stream().allMatch(Boolean.class::isInstance)) {
        return DataTypes.BooleanType;
      }
      if (values.stream().allMatch(Long.class::isInstance)) {
        return DataTypes.LongType;
      }
      boolean numbers = values.stream().allMatch(Number.class::isInstance);
      return numbers ? DataTypes.DoubleType : DataTypes.StringType;
    }
    return range instanceof Range.Whole ? DataTypes.LongType : DataTypes.DoubleType;
  }

  private static Object cast(Object value, DataType type) {
    if (value instanceof Number number) {
      if (type.equals(DataTypes.DoubleType)) {
        return number.doubleValue();
      }
      if (type.equals(DataTypes.LongType)) {
        return number.longValue();
      }
    }
    return value != null && type.equals(DataTypes.StringType) ? value.toString() : value;
  }

  private static void line(StringBuilder text, List<?> values) {
    text.append(
            values.stream()
                .map(value -> quoted(Objects.toString(value, "")))
                .collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }
}
