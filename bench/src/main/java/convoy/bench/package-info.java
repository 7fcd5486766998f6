/**
 * Measurements, each a program of its own: of Convoy beside stock DL4J and PyTorch, and of single
 * parts. Open {@link convoy.bench.Benchmarks}, which runs them; {@code bench/run} starts it.
 */
package convoy.bench;
