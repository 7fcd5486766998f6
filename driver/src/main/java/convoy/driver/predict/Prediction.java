package convoy.driver.predict;

import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import convoy.driver.predict.ImageSource.Inventory;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code prediction.json}: which images a network labelled.
 *
 * @param schema of this file, 1
 * @param created when the job began, ISO 8601 in UTC
 * @param network by which
 * @param images which
 * @param classes in the order of the probabilities
 * @param batchSize images scored at a time
 * @param parts files of the output
 * @param versions of the programs at work when it began
 * @param result null as long as the job is not done
 */
public record Prediction(
    int schema,
    String created,
    Network network,
    Images images,
    List<String> classes,
    int batchSize,
    int parts,
    Map<String, String> versions,
    Result result) {
  /** The schema this program writes and reads. */
  public static final int SCHEMA = 1;

  /** Refuses another schema, or one that lacks something. */
  public Prediction {
    if (schema != SCHEMA) {
      throw new InvalidDataException("schema %d, this program reads %d".formatted(schema, SCHEMA));
    }
    if (network == null || images == null || classes == null || versions == null) {
      throw new InvalidDataException("one of network, images, classes and versions is missing");
    }
    classes = List.copyOf(classes);
    versions = Map.copyOf(versions);
  }

  /**
   * Whose parameters.
   *
   * @param run where the run was
   * @param id the run's
   * @param checksum SHA-256 of the model's file, lower-case hexadecimal
   */
  public record Network(String run, String id, String checksum) {}

  /**
   * What was labelled.
   *
   * @param uri where
   * @param kind what that was
   */
  public record Images(String uri, String kind, long count, String fingerprint) {
    /** As they were found first. */
    public Inventory inventory() {
      return new Inventory(count, fingerprint);
    }
  }

  /**
   * What came of it.
   *
   * @param failed images that could not be decoded
   * @param labelled images of the last driver, which the others before it had left
   * @param seconds of the last driver
   */
  public record Result(
      long failed, long labelled, double seconds, double imagesPerSecond, int slots) {}

  /** Likewise, and done. */
  public Prediction with(Result done) {
    return new Prediction(
        schema, created, network, images, classes, batchSize, parts, versions, done);
  }

  /**
   * Refuses to go on with this job as another.
   *
   * @throws CommandLineException if network, images or batches are not what they were
   */
  public void requireSame(Network nowBy, String nowImages, int nowBatchSize) {
    requireSame("--run", network.id(), nowBy.id());
    requireSame("--run: the model's SHA-256", network.checksum(), nowBy.checksum());
    requireSame("--images", images.uri(), nowImages);
    requireSame("--batch-size", batchSize, nowBatchSize);
  }

  private static void requireSame(String what, Object before, Object now) {
    if (!Objects.equals(before, now)) {
      throw new CommandLineException(
          "--resume: %s: the job began with %s, the command line says %s. Give what it began with, or another --out."
              .formatted(what, before, now));
    }
  }
}
