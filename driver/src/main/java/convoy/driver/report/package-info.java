/**
 * Pages for people, each one file that works offline.
 *
 * <p>A page is a template from the jar with the charting library, a script and the data as JSON in
 * it; the script draws everything from the data, so that page and JSON files cannot disagree.
 * Driver only.
 */
package convoy.driver.report;
