package convoy.bench.jmh;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.engine.LocalTrainer.StepResult;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Images per second of one thread in a training step, and in inference. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LocalStepBenchmark {
  private static final int TRAINED = 128;
  private static final int SCORED = 1_000;

  /** By its name in the zoo. */
  @Param({"lenet5", "cnn-deep", "cifar-deep"})
  public String network;

  private LocalTrainer trainer;
  private LocalScorer scorer;
  private float[] images;
  private int[] labels;

  /** Random pixels and labels. */
  @Setup
  public void open() {
    InputShape input =
        network.startsWith("cifar") ? new InputShape(3, 32, 32) : new InputShape(1, 28, 28);
    Engine engine =
        Engine.dl4j(Zoo.named(network, input, 10).configuration(Optimizer.ADAM, 1e-3, 1));
    trainer = engine.trainer();
    scorer = engine.scorer();
    scorer.load(engine.initialState().parameters());
    Random random = new Random(1);
    images = new float[SCORED * input.channels() * input.height() * input.width()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    labels = random.ints(TRAINED, 0, 10).toArray();
  }

  /** Frees what lies outside the heap. */
  @TearDown
  public void close() {
    trainer.close();
    scorer.close();
  }

  /** Forward, backward, update. */
  @Benchmark
  @OperationsPerInvocation(TRAINED)
  public StepResult train() {
    return trainer.fit(images, labels, TRAINED);
  }

  /** Forward. */
  @Benchmark
  @OperationsPerInvocation(SCORED)
  public float[] score() {
    return scorer.score(images, SCORED);
  }
}
