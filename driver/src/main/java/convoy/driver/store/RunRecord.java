package convoy.driver.store;

import convoy.data.InvalidDataException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code run.json}: everything it takes to repeat a run.
 *
 * @param schema of this file, 1
 * @param id tells this run from every other
 * @param created when it started, ISO 8601 in UTC
 * @param settings in force, by the names of the options
 * @param dataset which images
 * @param network DL4J's configuration
 * @param versions of the programs at work
 * @param cluster where it ran
 */
public record RunRecord(
    int schema,
    String id,
    String created,
    Map<String, Object> settings,
    Dataset dataset,
    Object network,
    Map<String, String> versions,
    Cluster cluster) {
  /** The schema this program writes and reads. */
  public static final int SCHEMA = 1;

  /** Refuses a record of another schema, or one that lacks something. */
  public RunRecord {
    if (schema != SCHEMA) {
      throw new InvalidDataException("schema %d, this program reads %d".formatted(schema, SCHEMA));
    }
    if (id == null || settings == null || dataset == null) {
      throw new InvalidDataException("id, settings or dataset is missing");
    }
  }

  /**
   * Refuses to go on with this run as another.
   *
   * @param now what the same options give here and now
   * @throws InvalidDataException if images, settings or network are not what they were
   */
  public void requireSame(RunRecord now) {
    if (!dataset.checksum().equals(now.dataset.checksum())) {
      throw new InvalidDataException(
          "the run was trained on other images: their SHA-256 is %s, that of %s is %s"
              .formatted(dataset.checksum(), now.dataset.uri(), now.dataset.checksum()));
    }
    Map<String, Object> before = new TreeMap<>(settings);
    Map<String, Object> after = new TreeMap<>(now.settings);
    before.remove("data");
    after.remove("data");
    if (!Json.line(before).equals(Json.line(after))
        || !Json.line(network).equals(Json.line(now.network))) {
      throw new InvalidDataException(
          "this version of Convoy, %s, makes another network of the run's settings than %s did: go on with that version"
              .formatted(now.versions.get("convoy"), versions.get("convoy")));
    }
  }

  /**
   * Which images a run was trained on.
   *
   * @param checksum SHA-256 over labels and pixels
   */
  public record Dataset(
      String name,
      String uri,
      String checksum,
      int channels,
      int height,
      int width,
      List<String> classes) {}

  /**
   * Where a run was trained.
   *
   * @param slots tasks that could run at a time
   * @param devices what executors computed on, each with its host; empty where the jar knows the
   *     CPU alone
   * @param convolutions which path computed them on the driver's machine
   */
  public record Cluster(
      String master,
      String applicationId,
      int slots,
      List<String> devices,
      String convolutions,
      String host) {}
}
