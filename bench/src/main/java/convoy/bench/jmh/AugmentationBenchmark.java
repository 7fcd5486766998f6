package convoy.bench.jmh;

import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Augmenter;
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
import org.openjdk.jmh.annotations.Warmup;

/** Images per second that one thread rotates, shifts and flips into minibatches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AugmentationBenchmark {
  private static final int BATCH = 128;

  /** Channels, height and width. */
  @Param({"1x28x28", "3x32x32"})
  public String shape;

  private Augmenter augmenter;
  private ImageShape images;
  private byte[] pixels;
  private float[] batch;
  private int epoch;

  /** Random pixels. */
  @Setup
  public void fill() {
    String[] sizes = shape.split("x", -1);
    images =
        new ImageShape(
            Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), Integer.parseInt(sizes[2]));
    augmenter = new Augmenter(new Augmentation(15, 0.1, 0.1, true, false), images, 1);
    pixels = new byte[BATCH * images.pixels()];
    new Random(1).nextBytes(pixels);
    batch = new float[pixels.length];
  }

  /** A minibatch. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] rotateShiftFlip() {
    epoch++;
    for (int i = 0; i < BATCH; i++) {
      int at = i * images.pixels();
      augmenter.write(pixels, at, i, epoch, batch, at);
    }
    return batch;
  }
}
