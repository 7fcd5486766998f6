package convoy.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.LocalSpark;
import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.sweep.SweepResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialTableTest {
  private static final Space SPACE =
      new Space(
          List.of(
              setting("learning-rate", new Range.Continuous(1e-4, 1, true)),
              setting("epochs", new Range.Whole(1, 9, false)),
              setting("batch", new Range.Choice(List.of(16L, 32L))),
              setting("decay", new Range.Choice(List.of(0L, 0.5))),
              setting("flip", new Range.Choice(List.of(true, false))),
              setting("model", new Range.Choice(List.of("lenet5", "a \"b\", c")))));

  private static final TrialTable TABLE =
      TrialTable.of(
          result(
              new SweepResult.TrialResult(
                  1,
                  "trials/1",
                  Map.of(
                      "learning-rate",
                      0.001,
                      "epochs",
                      3L,
                      "batch",
                      32L,
                      "decay",
                      0L,
                      "flip",
                      true),
                  "finished",
                  null,
                  0.95,
                  0.95,
                  0.125,
                  List.of(new SweepResult.EpochResult(1, 0.5, 0.9, 0.125, 0.95, 3)),
                  6.5,
                  1000,
                  5_000_000_000L),
              new SweepResult.TrialResult(
                  2,
                  "trials/2",
                  Map.of("model", "a \"b\", c"),
                  "failed",
                  "no memory,\nat all",
                  null,
                  null,
                  null,
                  List.of(),
                  0.25,
                  0,
                  0)),
          SPACE);

  @Test
  void writesCommaSeparatedValuesThatQuoteWhatTheyMust() {
    assertThat(TABLE.csv().split("\r\n"))
        .containsExactly(
            "trial,directory,state,reason,score,accuracy,loss,epochs,slotSeconds,parameters,"
                + "multiplyAdds,learning-rate,setting-epochs,batch,decay,flip,model",
            "1,trials/1,finished,,0.95,0.95,0.125,1,6.5,1000,5000000000,0.001,3,32,0.0,true,",
            "2,trials/2,failed,\"no memory,\nat all\",,,,0,0.25,0,0,,,,,,\"a \"\"b\"\", c\"");
    assertThat(TABLE.csv()).endsWith("\r\n");
  }

  @Test
  void writesParquetWithTypes(@TempDir Path folder) {
    String path = folder.resolve("trials.parquet").toUri().toString();
    TABLE.writeParquet(LocalSpark.session(), path);
    TABLE.writeParquet(LocalSpark.session(), path);
    assertThat(
            folder.resolve("trials.parquet").toFile().list((in, name) -> name.endsWith("parquet")))
        .hasSize(1);
    Dataset<Row> read = LocalSpark.session().read().parquet(path);
    assertThat(read.schema().toDDL())
        .contains("trial BIGINT", "reason STRING", "score DOUBLE", "slotSeconds DOUBLE")
        .contains("`learning-rate` DOUBLE", "`setting-epochs` BIGINT", "batch BIGINT")
        .contains("decay DOUBLE", "flip BOOLEAN", "model STRING");
    List<Row> rows = read.orderBy("trial").collectAsList();
    assertThat(rows.get(0).<Double>getAs("learning-rate")).isEqualTo(0.001);
    assertThat(rows.get(0).<Long>getAs("multiplyAdds")).isEqualTo(5_000_000_000L);
    assertThat(rows.get(0).<Boolean>getAs("flip")).isTrue();
    assertThat(rows.get(0).<String>getAs("model")).isNull();
    assertThat(rows.get(1).<String>getAs("reason")).isEqualTo("no memory,\nat all");
    assertThat(rows.get(1).<Double>getAs("score")).isNull();
  }

  private static Setting setting(String name, Range range) {
    return new Setting(name, range, Optional.empty());
  }

  private static SweepResult result(SweepResult.TrialResult... trials) {
    return new SweepResult(
        SweepResult.SCHEMA,
        "2025-01-01T00:00:00Z",
        Map.of(),
        List.of(),
        new SweepResult.Goal("validation accuracy", "accuracy", 0),
        List.of(trials),
        List.of(),
        null,
        List.of(),
        List.of(),
        null,
        null,
        new SweepResult.Cost(1, 1, 0, 0, 0, 0, 0));
  }
}
