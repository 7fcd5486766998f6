package convoy.bench.jmh;

import convoy.driver.train.ParameterAverage;
import convoy.driver.train.WorkerResult;
import convoy.model.engine.TrainingState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long the driver takes to form the mean of workers' parameters and Adam's state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AveragingBenchmark {
  /** Of one network; Adam's state has twice as many values. */
  @Param({"1000000"})
  public int parameters;

  /** That bring their states. */
  @Param({"2", "8"})
  public int workers;

  private TrainingState before;
  private List<WorkerResult> results;

  /** Workers that have seen a minibatch each; a mean uses their states up. */
  @Setup(Level.Invocation)
  public void make() {
    before = States.random(parameters, 0);
    results =
        IntStream.rangeClosed(1, workers)
            .mapToObj(w -> new WorkerResult(128, 1, 0, 0, States.random(parameters, w), 0))
            .toList();
  }

  /** Of one round. */
  @Benchmark
  public TrainingState mean() {
    return ParameterAverage.of(before, results, List.of());
  }
}
