package convoy.driver.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.gpu.NvidiaSmi.Gpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided before ND4J is loaded, with a stand-in for {@code nvidia-smi}. */
final class GpusTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3.5 | 8000  | compute capability 3.5",
        "3.7 | 8000  | ",
        "7.5 | 15000 | ",
        "8.6 | 24000 | ",
        "8.9 | 24000 | ",
        "9.0 | 81000 | GPU 0 (Test) has compute capability 9.0, and ND4J 1.0.0-M2.1 has machine code",
        "8.0 | 700   | GPU 0 (Test) has 700 MiB of memory free, and ND4J needs 1,024",
      })
  void whatNd4jCannotRunOnIsSaid(double capability, long free, String objection) {
    List<Gpu> gpus = List.of(new Gpu("0", "GPU-a", "Test", capability, OptionalLong.of(free)));
    if (objection == null) {
      assertThat(GpuCheck.objection(gpus, List.of("0"))).isEmpty();
    } else {
      assertThat(GpuCheck.objection(gpus, List.of("0")).orElseThrow()).contains(objection);
    }
  }

  @Test
  void onlyTheGivenGpusAreLookedAt() {
    List<Gpu> gpus =
        List.of(
            new Gpu("0", "GPU-a", "Old", 3.0, OptionalLong.of(8_000)),
            new Gpu("1", "GPU-b", "New", 8.0, OptionalLong.of(40_000)));
    assertThat(GpuCheck.objection(gpus, List.of("1"))).isEmpty();
    assertThat(GpuCheck.objection(gpus, List.of("GPU-b"))).isEmpty();
    assertThat(GpuCheck.objection(gpus, List.of("GPU-a")).orElseThrow()).contains("GPU 0 (Old)");
    assertThat(GpuCheck.objection(gpus, List.of("MIG-x")).orElseThrow()).contains("GPU 0 (Old)");
    assertThat(GpuCheck.objection(gpus, List.of("GPU-x")))
        .contains("GPU GPU-x is not among those that nvidia-smi lists");
    assertThat(GpuCheck.objection(List.of(), List.of("0"))).contains("no GPU is visible");
  }

  @Test
  void theToolIsAskedAndItsAnswerRead() throws IOException {
    Path tool =
        tool(
            """
            [ "$1" = --query-gpu=index,uuid,name,compute_cap,memory.free ] || exit 7
            echo "0, GPU-8932f937-d72c, Tesla T4, 7.5, 14910"
            echo "1, GPU-11aa, NVIDIA A100, 8.0, [Insufficient Permissions]"
            """);
    assertThat(NvidiaSmi.list(tool.toString()))
        .containsExactly(
            new Gpu("0", "GPU-8932f937-d72c", "Tesla T4", 7.5, OptionalLong.of(14_910)),
            new Gpu("1", "GPU-11aa", "NVIDIA A100", 8.0, OptionalLong.empty()));
  }

  @Test
  void aToolThatFailsOrTalksNonsenseIsSaid() throws IOException {
    Path failing = tool("echo NVIDIA-SMI has failed; exit 9");
    assertThatThrownBy(() -> NvidiaSmi.list(failing.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("ended with status 9: NVIDIA-SMI has failed");
    assertThatThrownBy(() -> NvidiaSmi.parse("0, GPU-a, T4, [N/A]"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0, GPU-a, T4, [N/A]");
  }

  @Test
  void theCpuIsTakenWhereItIsWantedOrThereIsNothingElse() {
    assertThat(Gpus.decide(Device.CPU, List.of("0"), Map.of(), true))
        .isEqualTo(Gpus.decide(Device.CPU, List.of(), Map.of(), false));
    Gpus withoutCuda = Gpus.decide(Device.AUTO, List.of(), Map.of(), false);
    assertThat(withoutCuda.described()).contains("built without CUDA");
    assertThat(withoutCuda.byTurns(0)).isEmpty();
    assertThat(withoutCuda.ofTask()).isEmpty();
  }

  private Path tool(String script) throws IOException {
    Path tool = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    return tool;
  }
}
