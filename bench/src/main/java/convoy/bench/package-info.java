/**
 * Measurements against stock DL4J. Open {@link convoy.bench.EpochAgainstStock}; {@code bench/run}
 * runs it.
 */
package convoy.bench;
