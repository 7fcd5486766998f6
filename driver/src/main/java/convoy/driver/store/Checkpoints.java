package convoy.driver.store;

import convoy.data.InvalidDataException;
import convoy.data.format.Sha256;
import convoy.driver.train.EpochSums;
import convoy.driver.train.OuterState;
import convoy.driver.train.Position;
import convoy.model.engine.FloatBytes;
import convoy.model.engine.TrainingState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one run, each a folder {@code checkpoints/ROUND} that appears as a whole:
 *
 * <pre>
 *   parameters.bin   32-bit floats, little-endian, in DL4J's flattened order
 *   updater.bin      likewise, the optimizer's state; empty for plain SGD
 *   velocity.bin     likewise, of the outer optimizer; empty where there is none
 *   average.bin      likewise, the moving average of the parameters; empty where there is none
 *   position.json    round, epoch, iteration, what the current epoch gave so far
 *   SHA256SUMS       of the others, as {@code sha256sum --check} reads it
 * </pre>
 *
 * <p>Driver only; not serialisable.
 */
public final class Checkpoints {
  private static final int KEPT = 3;
  private static final int SCHEMA = 1;
  private static final String NAME = "\\d{8,}";
  private static final String PARAMETERS = "parameters.bin";
  private static final String UPDATER = "updater.bin";
  private static final String VELOCITY = "velocity.bin";
  private static final String AVERAGE = "average.bin";
  private static final String POSITION = "position.json";
  private static final String SUMS = "SHA256SUMS";

  private final Files files;
  private final Path folder;

  Checkpoints(Files files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /** Writes one, then removes all but the newest three. */
  public void write(Position position) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put(PARAMETERS, FloatBytes.of(position.state().parameters()));
    contents.put(UPDATER, FloatBytes.of(position.state().updaterState()));
    contents.put(VELOCITY, FloatBytes.of(position.outer().velocity()));
    contents.put(AVERAGE, FloatBytes.of(position.outer().movingAverage()));
    contents.put(
        POSITION, Json.pretty(PositionRecord.of(position)).getBytes(StandardCharsets.UTF_8));
    StringBuilder sums = new StringBuilder();
    contents.forEach((name, bytes) -> sums.append(sha256(bytes) + "  " + name + "\n"));
    contents.put(SUMS, sums.toString().getBytes(StandardCharsets.UTF_8));

    Path place = new Path(folder, String.format(Locale.ROOT, "%08d", position.round()));
    Path beside = Files.beside(place);
    try {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        files.writeNew(new Path(beside, file.getKey()), file.getValue());
      }
      // One of the same round is there only if it was found damaged.
      files.deleteFolder(place);
      files.moveFolder(beside, place);
    } finally {
      files.deleteFolder(beside);
    }
    List<String> names = names();
    for (String old : names.subList(Math.min(KEPT, names.size()), names.size())) {
      files.deleteFolder(new Path(folder, old));
    }
  }

  /** Deletes all. */
  public void delete() throws IOException {
    files.deleteFolder(folder);
  }

  /**
   * The newest that is whole, or nothing.
   *
   * @param warning told of each newer one that is damaged
   */
  public Optional<Position> newest(Consumer<String> warning) throws IOException {
    for (String name : names()) {
      try {
        return Optional.of(read(new Path(folder, name)));
      } catch (InvalidDataException | FileNotFoundException e) {
        warning.accept(
            "checkpoint %s is damaged (%s) and left out".formatted(name, Files.firstLine(e)));
      }
    }
    return Optional.empty();
  }

  private List<String> names() throws IOException {
    List<String> names = files.names(folder, NAME);
    names.sort(Collections.reverseOrder());
    return names;
  }

  private Position read(Path checkpoint) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (String name : List.of(PARAMETERS, UPDATER, VELOCITY, AVERAGE, POSITION)) {
      contents.put(name, files.readBytes(new Path(checkpoint, name)));
    }
    String sums = files.read(new Path(checkpoint, SUMS));
    contents.forEach(
        (name, bytes) -> {
          if (!sums.contains(sha256(bytes) + "  " + name + "\n")) {
            throw new InvalidDataException(name + " is not what " + SUMS + " says");
          }
        });
    String json = new String(contents.get(POSITION), StandardCharsets.UTF_8);
    OuterState outer =
        new OuterState(
            FloatBytes.floats(contents.get(VELOCITY)), FloatBytes.floats(contents.get(AVERAGE)));
    return Json.read(json, PositionRecord.class, POSITION)
        .position(
            FloatBytes.floats(contents.get(PARAMETERS)),
            FloatBytes.floats(contents.get(UPDATER)),
            outer);
  }

  /** {@code position.json}. */
  private record PositionRecord(
      int schema,
      int round,
      int epoch,
      int iteration,
      int minibatches,
      EpochSums sums,
      int reported) {
    static PositionRecord of(Position position) {
      return new PositionRecord(
          SCHEMA,
          position.round(),
          position.state().epoch(),
          position.state().iteration(),
          position.minibatches(),
          position.sums(),
          position.reported());
    }

    Position position(float[] parameters, float[] updaterState, OuterState outer) {
      if (schema != SCHEMA) {
        throw new InvalidDataException(
            "schema %d, this program reads %d".formatted(schema, SCHEMA));
      }
      TrainingState state = new TrainingState(parameters, updaterState, iteration, epoch);
      return new Position(state, outer, round, minibatches, sums, reported);
    }
  }

  private static String sha256(byte[] bytes) {
    MessageDigest digest = Sha256.digest();
    digest.update(bytes);
    return Sha256.hexadecimal(digest);
  }
}
