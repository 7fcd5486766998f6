package convoy.driver.dataset;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset.SourceFile;
import java.util.List;

/**
 * {@code dataset.json}: what a prepared image set holds.
 *
 * @param schema of this file, 1
 * @param name what to call the set
 * @param classes the name of each class, by label
 * @param counts images in each split
 * @param mean of each channel over the training images, pixels scaled to [0, 1]
 * @param std standard deviation likewise
 * @param checksum SHA-256 over labels and pixels of both splits in the order of ids, lower-case
 *     hexadecimal
 * @param sources the raw files it was made from
 */
public record DatasetManifest(
    int schema,
    String name,
    ImageShape shape,
    List<String> classes,
    Counts counts,
    List<Double> mean,
    List<Double> std,
    String checksum,
    List<SourceFile> sources) {
  static final int SCHEMA = 1;

  /** Refuses a manifest of another schema, or one that lacks something. */
  public DatasetManifest {
    if (schema != SCHEMA) {
      throw new InvalidDataException("schema %d, this program reads %d".formatted(schema, SCHEMA));
    }
    if (name == null
        || shape == null
        || classes == null
        || counts == null
        || checksum == null
        || mean == null
        || std == null
        || sources == null) {
      throw new InvalidDataException(
          "one of name, shape, classes, counts, mean, std, checksum and sources is missing");
    }
    classes = List.copyOf(classes);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    sources = List.copyOf(sources);
  }

  /** Images in each split. */
  public record Counts(long train, long test) {}
}
