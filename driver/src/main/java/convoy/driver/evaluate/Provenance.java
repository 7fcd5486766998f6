package convoy.driver.evaluate;

import java.util.Map;

/**
 * When, where and by what figures were made.
 *
 * @param made when, ISO 8601 in UTC
 * @param master of Spark's cluster
 * @param slots tasks that could run at a time
 * @param versions of the programs at work
 */
public record Provenance(String made, String master, int slots, Map<String, String> versions) {}
