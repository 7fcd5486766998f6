package convoy.driver.report;

import convoy.driver.store.RunRecord;
import java.util.Map;

/**
 * What a page tells of how a network was trained; its configuration is left to run.json.
 *
 * @param id of the run
 * @param created when training started, ISO 8601 in UTC
 */
record Trained(
    String id,
    String created,
    Map<String, Object> settings,
    RunRecord.Dataset dataset,
    Map<String, String> versions,
    RunRecord.Cluster cluster) {
  static Trained of(RunRecord run) {
    return new Trained(
        run.id(), run.created(), run.settings(), run.dataset(), run.versions(), run.cluster());
  }
}
