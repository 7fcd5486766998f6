/**
 * Training by rounds of parameter averaging. Open {@link convoy.driver.train.Training} first: it
 * runs epochs of rounds; a round sends the state out ({@link convoy.driver.train.Exchange}), lets
 * every worker fit minibatches of its shard ({@link convoy.driver.train.WorkerRound}) and averages
 * what comes back ({@link convoy.driver.train.ParameterAverage}).
 *
 * <pre>
 *   shards (cached, one partition a worker)
 *      │  state ─────out───→ H minibatches on each worker ─collect→ weighted mean ─→ state
 *      └──────────────── one Spark job a round, no image moves ────────────────┘
 * </pre>
 */
package convoy.driver.train;
