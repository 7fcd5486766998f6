package convoy.model.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What ND4J computes on: the CPU, or one GPU for each thread. */
public final class ComputeDevice {
  private ComputeDevice() {}

  /**
   * Has ND4J choose its backend and returns whether that is CUDA's. On its way to the CPU it prints
   * a stack trace for the GPU that it did not find, which is kept from the screen.
   */
  public static boolean loadsCuda() {
    PrintStream screen = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    try {
      return Nd4j.getBackend().getClass().getSimpleName().equals("JCublasBackend");
    } finally {
      System.setErr(screen);
    }
  }

  /**
   * Binds this thread to a GPU. It must not have made an array before, and must not be bound to
   * another afterwards: CUDA's arrays belong to one GPU.
   *
   * @param ordinal CUDA's number among the GPUs that this process sees
   */
  public static void use(int ordinal) {
    Nd4j.getAffinityManager().unsafeSetDevice(ordinal);
  }

  /** Why this thread's device cannot compute, found out by a small product of matrices. */
  public static Optional<String> failure() {
    try (INDArray ones = Nd4j.ones(4, 4);
        INDArray product = ones.mmul(ones)) {
      double sum = product.sumNumber().doubleValue();
      return sum == 64 ? Optional.empty() : Optional.of("a sum of 64 came out as " + sum);
    } catch (RuntimeException | LinkageError e) {
      return Optional.of("computing on it fails: " + e.getMessage());
    }
  }
}
