package convoy.model.archive;

import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained network as {@code model.zip}: DL4J's own format, which plain DL4J loads without Convoy.
 *
 * @param configuration DL4J's JSON
 * @param labels the name of each class
 */
public record ModelArchive(String configuration, TrainingState state, List<String> labels) {
  /** Writes it, with the updater state and a normaliser that scales pixels to [0, 1]. */
  public void write(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the file is damaged or not a model, saying what was found
   */
  public static ModelArchive read(Path file) throws IOException {
    throw new UnsupportedOperationException();
  }
}
