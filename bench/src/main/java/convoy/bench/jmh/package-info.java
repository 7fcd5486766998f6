/** JMH benchmarks of single parts. {@code bench/jmh} runs them. */
package convoy.bench.jmh;
