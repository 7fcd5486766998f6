package convoy.driver.gpu;

import convoy.driver.gpu.NvidiaSmi.Gpu;
import convoy.model.engine.ComputeDevice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this JVM computes on, decided once, before ND4J is loaded.
 *
 * @param mapping of the GPUs in use; null for the CPU
 * @param objection why GPUs are not used though they were asked for
 * @param required whether nothing may be computed where there is an objection
 */
public record Gpus(GpuMapping mapping, Optional<String> objection, boolean required) {
  /** What Spark calls them. */
  static final String RESOURCE = "gpu";

  private static final Logger LOG = LoggerFactory.getLogger(Gpus.class);
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
  private static final Gpus CPU = new Gpus(null, Optional.empty(), false);

  private static volatile Gpus here;

  /** What was decided; the CPU where nothing was. */
  public static Gpus here() {
    Gpus decided = here;
    return decided == null ? CPU : decided;
  }

  /**
   * Decides for this JVM, makes CUDA see what was decided, and loads ND4J; what was decided before
   * stays.
   *
   * @param addresses that Spark gave this executor; without any, all GPUs that are visible are used
   */
  public static synchronized Gpus bind(Device wanted, List<String> addresses) {
    if (here == null) {
      boolean inJar = ComputeDevice.hasCuda();
      here = decide(wanted, addresses, System.getenv(), inJar);
      if (inJar) {
        here = here.applied();
      }
      LOG.info("computing on {}", here.described());
    }
    return here;
  }

  /** Decides for the CPU, because what should have decided failed. */
  static synchronized void refuse(String reason) {
    here = refused(reason, true);
  }

  /** Pure but for asking {@code nvidia-smi}. */
  static Gpus decide(
      Device wanted, List<String> addresses, Map<String, String> environment, boolean inJar) {
    if (wanted == Device.CPU) {
      return CPU;
    }
    boolean required = wanted == Device.GPU;
    if (!inJar) {
      return refused("this jar was built without CUDA; build it with the profile cuda", required);
    }
    try {
      List<Gpu> gpus = NvidiaSmi.list("nvidia-smi");
      String set = environment.get(VISIBLE);
      List<String> given = addresses;
      if (given.isEmpty()) {
        given = set == null ? gpus.stream().map(Gpu::index).toList() : GpuMapping.names(set);
      }
      GpuMapping mapping = GpuMapping.of(given, set);
      return GpuCheck.objection(gpus, mapping.visible())
          .map(reason -> refused(reason, required))
          .orElseGet(() -> new Gpus(mapping, Optional.empty(), required));
    } catch (IOException e) {
      return refused("its GPUs could not be looked at: " + e.getMessage(), required);
    } catch (IllegalArgumentException e) {
      return refused(e.getMessage(), required);
    }
  }

  /** The CPU, for a reason. */
  static Gpus refused(String reason, boolean required) {
    return new Gpus(null, Optional.of(reason), required);
  }

  /**
   * What has become of it: ND4J takes the CPU by itself where it does not find CUDA's libraries.
   */
  private Gpus applied() {
    String visible = mapping == null ? "" : String.join(",", mapping.visible());
    int status = LibC.INSTANCE.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
    status |= LibC.INSTANCE.setenv(VISIBLE, visible, 1);
    if (status != 0) {
      return refused("the environment could not be set", required);
    }
    boolean cuda = ComputeDevice.loadsCuda();
    return mapping != null && !cuda
        ? refused(
            "CUDA 11.6 or cuDNN 8 was not found by ND4J; the executor's log has more", required)
        : this;
  }

  /** For a person. */
  public String described() {
    return mapping == null
        ? objection.map(reason -> "CPU: " + reason).orElse("CPU")
        : "GPU " + String.join(", ", mapping.visible());
  }

  /**
   * Refuses to compute on the CPU where a GPU was asked for.
   *
   * @throws DeviceException with the reason
   */
  public void check() {
    if (required && objection.isPresent()) {
      throw new DeviceException(described());
    }
  }

  /** CUDA's number of the GPU that Spark gave the task of this thread; empty if it gave none. */
  public OptionalInt ofTask() {
    TaskContext task = TaskContext.get();
    ResourceInformation given =
        mapping == null || task == null ? null : task.resourcesJMap().get(RESOURCE);
    return given == null
        ? OptionalInt.empty()
        : OptionalInt.of(mapping.ordinal(given.addresses()[0]));
  }

  /** CUDA's number of the GPU for the n-th thread that computes, by turns; empty for the CPU. */
  public OptionalInt byTurns(int thread) {
    return mapping == null
        ? OptionalInt.empty()
        : OptionalInt.of(thread % mapping.visible().size());
  }
}
