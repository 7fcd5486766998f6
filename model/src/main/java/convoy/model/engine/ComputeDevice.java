package convoy.model.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What ND4J computes on: the CPU, or one GPU for each thread. */
public final class ComputeDevice {
  private ComputeDevice() {}

  /** Whether ND4J's CUDA backend is on the class path. */
  public static boolean hasCuda() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader.getResource("org/nd4j/linalg/jcublas/JCublasBackend.class") != null;
  }

  /** The system properties that ND4J and JavaCPP are to find when they are loaded. */
  public static Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    // JavaCPP would refuse native memory beyond twice the heap. The container's limit is the real
    // one.
    properties.put("org.bytedeco.javacpp.maxphysicalbytes", "0");
    if (!hasCuda()) {
      // It would be CUDA's, too.
      properties.put("opexec", CpuOperations.class.getName());
    }
    return properties;
  }

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
