package convoy.driver.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The GPUs of this machine as NVIDIA's own tool tells them. CUDA is not asked: a process that has
 * asked it can no longer choose what it sees.
 */
final class NvidiaSmi {
  private static final int LIMIT_SECONDS = 60;

  private NvidiaSmi() {}

  /**
   * One GPU.
   *
   * @param index in the order of PCI buses
   * @param capability compute capability, for example 8.6
   * @param freeMib memory that nobody uses; empty where it is not told, as of slices in containers
   */
  record Gpu(String index, String uuid, String name, double capability, OptionalLong freeMib) {}

  /**
   * All GPUs of this machine.
   *
   * @param command {@code nvidia-smi}, or where it is
   * @throws IOException if it cannot be run, fails, or says what nobody can read
   */
  static List<Gpu> list(String command) throws IOException {
    Process process =
        new ProcessBuilder(
                command,
                "--query-gpu=index,uuid,name,compute_cap,memory.free",
                "--format=csv,noheader,nounits")
            .redirectErrorStream(true)
            .start();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not answer in " + LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(command + " was interrupted", e);
    }
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw new IOException(
          "%s ended with status %d: %s"
              .formatted(
                  command, process.exitValue(), answer.strip().lines().findFirst().orElse("")));
    }
    return parse(answer);
  }

  static List<Gpu> parse(String answer) throws IOException {
    List<Gpu> gpus = new ArrayList<>();
    for (String line : answer.strip().lines().toList()) {
      String[] fields = line.strip().split("\\s*,\\s*", -1);
      try {
        gpus.add(
            new Gpu(
                fields[0],
                fields[1],
                fields[2],
                Double.parseDouble(fields[3]),
                fields[4].matches("\\d+")
                    ? OptionalLong.of(Long.parseLong(fields[4]))
                    : OptionalLong.empty()));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException("nvidia-smi says what is not understood: " + line, e);
      }
    }
    return gpus;
  }
}
