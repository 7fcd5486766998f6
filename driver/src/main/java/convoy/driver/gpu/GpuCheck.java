package convoy.driver.gpu;

import convoy.driver.gpu.NvidiaSmi.Gpu;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What ND4J 1.0.0-M2.1 cannot run on, found before it tries. */
final class GpuCheck {
  /**
   * Its kernels are machine code for compute capabilities 3.7, 5.0, 5.2, 6.0, 6.1, 7.0, 7.5, 8.0
   * and 8.6 (ND4J's build of 1.0.0-M2.1), which run on higher ones of the same major version alone.
   */
  private static final double LOWEST = 3.7;

  private static final double BEYOND = 9.0;

  /** CUDA's context, ND4J's constants and a small network. */
  private static final long NEEDED_MIB = 1_024;

  private GpuCheck() {}

  /**
   * The first reason why ND4J cannot use one of the given GPUs.
   *
   * @param gpus of this machine
   * @param names numbers, UUIDs or ids of MIG slices; of a slice the machine's GPUs are looked at,
   *     because nothing says which of them it is on
   */
  static Optional<String> objection(List<Gpu> gpus, List<String> names) {
    if (gpus.isEmpty() || names.isEmpty()) {
      return Optional.of("no GPU is visible");
    }
    return names.stream().map(name -> objection(gpus, name)).flatMap(Optional::stream).findFirst();
  }

  private static Optional<String> objection(List<Gpu> gpus, String name) {
    List<Gpu> named =
        GpuMapping.isSlice(name) ? gpus : gpus.stream().filter(gpu -> isNamed(gpu, name)).toList();
    return named.isEmpty()
        ? Optional.of("GPU " + name + " is not among those that nvidia-smi lists")
        : named.stream().map(GpuCheck::objection).flatMap(Optional::stream).findFirst();
  }

  private static boolean isNamed(Gpu gpu, String name) {
    return gpu.index().equals(name) || (GpuMapping.isUuid(name) && gpu.uuid().startsWith(name));
  }

  private static Optional<String> objection(Gpu gpu) {
    String who = "GPU %s (%s)".formatted(gpu.index(), gpu.name());
    if (gpu.capability() < LOWEST || gpu.capability() >= BEYOND) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s has compute capability %.1f, and ND4J 1.0.0-M2.1 has machine code for 3.7 to 8.9 only",
              who,
              gpu.capability()));
    }
    OptionalLong free = gpu.freeMib();
    return free.isPresent() && free.getAsLong() < NEEDED_MIB
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%s has %,d MiB of memory free, and ND4J needs %,d",
                who,
                free.getAsLong(),
                NEEDED_MIB))
        : Optional.empty();
  }
}
