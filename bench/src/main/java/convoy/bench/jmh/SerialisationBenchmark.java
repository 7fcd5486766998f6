package convoy.bench.jmh;

import convoy.model.engine.TrainingState;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** How long Spark's serialiser takes over a state, as it travels in every round. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SerialisationBenchmark {
  private static final ClassTag<TrainingState> STATE = ClassTag$.MODULE$.apply(TrainingState.class);

  /** Of one network; Adam's state has twice as many values. */
  @Param({"1000000"})
  public int parameters;

  private SerializerInstance serializer;
  private TrainingState state;
  private ByteBuffer bytes;

  /** Spark's default serialiser. */
  @Setup
  public void make() {
    serializer = new JavaSerializer(new SparkConf(false)).newInstance();
    state = States.random(parameters, 1);
    bytes = serializer.serialize(state, STATE);
  }

  /** To bytes. */
  @Benchmark
  public ByteBuffer serialise() {
    return serializer.serialize(state, STATE);
  }

  /** And back. */
  @Benchmark
  public TrainingState deserialise() {
    return serializer.deserialize(bytes.duplicate(), STATE);
  }
}
