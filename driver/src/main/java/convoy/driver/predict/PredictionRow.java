package convoy.driver.predict;

import convoy.driver.evaluate.Counts;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * What is written of one image.
 *
 * <p>One instance serves all rows of a file: it is filled, and written before it is filled again.
 */
final class PredictionRow {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message prediction {
            required binary path (STRING);
            optional binary label (STRING);
            optional float confidence;
            optional group probabilities (LIST) {
              repeated group list {
                required float element;
              }
            }
            optional binary error (STRING);
          }
          """);

  private String path;
  private String error;
  private float[] probabilities;
  private int from;

  /**
   * Fills it for an image that was scored.
   *
   * @param probabilities [image, class]; not a copy
   * @param from where the image starts there
   */
  PredictionRow of(String path, float[] probabilities, int from) {
    this.path = path;
    this.error = null;
    this.probabilities = probabilities;
    this.from = from;
    return this;
  }

  /** Fills it for an image that could not be decoded. */
  PredictionRow of(String path, String error) {
    this.path = path;
    this.error = error;
    return this;
  }

  /** Writes rows, and in the file's notes how many were no images. */
  static final class Support extends WriteSupport<PredictionRow> {
    private final List<Binary> classes;
    private RecordConsumer out;
    private long failed;

    Support(List<String> classes) {
      this.classes = classes.stream().map(Binary::fromString).toList();
    }

    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(SCHEMA, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(PredictionRow row) {
      out.startMessage();
      field("path", 0, () -> out.addBinary(Binary.fromString(row.path)));
      if (row.error == null) {
        int best = Counts.mostProbable(row.probabilities, row.from, classes.size());
        field("label", 1, () -> out.addBinary(classes.get(best)));
        field("confidence", 2, () -> out.addFloat(row.probabilities[row.from + best]));
        field("probabilities", 3, () -> probabilities(row));
      } else {
        failed++;
        field("error", 4, () -> out.addBinary(Binary.fromString(row.error)));
      }
      out.endMessage();
    }

    private void probabilities(PredictionRow row) {
      out.startGroup();
      out.startField("list", 0);
      for (int c = 0; c < classes.size(); c++) {
        float probability = row.probabilities[row.from + c];
        out.startGroup();
        field("element", 0, () -> out.addFloat(probability));
        out.endGroup();
      }
      out.endField("list", 0);
      out.endGroup();
    }

    private void field(String name, int index, Runnable value) {
      out.startField(name, index);
      value.run();
      out.endField(name, index);
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
      return new FinalizedWriteContext(Map.of(PredictionFile.FAILED, Long.toString(failed)));
    }
  }
}
