/**
 * Evaluation in batches spread over executors, merged from exact counts. Open {@link
 * convoy.driver.evaluate.Evaluator} first; {@link convoy.driver.evaluate.Evaluation} is the result
 * and the content of {@code evaluation.json}.
 */
package convoy.driver.evaluate;
