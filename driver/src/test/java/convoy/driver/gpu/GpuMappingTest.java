package convoy.driver.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GpuMappingTest {
  /** What was set is - where the variable was not set; a GPU's number is the address's position. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Spark's addresses | CUDA_VISIBLE_DEVICES before | after
        "0                    | -                    | 0",
        "3                    | -                    | 3",
        "1,3                  | -                    | 1,3",
        "3,1                  | -                    | 3,1",
        "GPU-8932f937         | -                    | GPU-8932f937",
        "MIG-a,MIG-b          | -                    | MIG-a,MIG-b",
        // By name, and no others.
        "2                    | 0,1,2,3              | 2",
        "0,1                  | 1,0                  | 0,1",
        "GPU-b                | GPU-a,GPU-b          | GPU-b",
        "GPU-8932f937-d72c    | GPU-11aa,GPU-8932f9  | GPU-8932f9",
        "MIG-b                | MIG-a,MIG-b          | MIG-b",
        // By position: the container's GPUs have names of their own.
        "0                    | GPU-8932f937         | GPU-8932f937",
        "0,1                  | 4,5                  | 4,5",
        "0                    | MIG-GPU-1/5/0        | MIG-GPU-1/5/0",
        "1                    | 0                    | 0",
        // CUDA reads no further than what names nothing.
        "0                    | 0,-1,1               | 0",
        "1                    | 0,-1,1               | 0",
      })
  void addressesBecomeWhatCudaSees(String addresses, String set, String after) {
    List<String> given = split(addresses);
    GpuMapping mapping = GpuMapping.of(given, set.equals("-") ? null : set);
    assertThat(mapping.visible()).isEqualTo(split(after));
    for (int i = 0; i < given.size(); i++) {
      assertThat(mapping.ordinal(given.get(i))).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0,1 | 7", "0 | -1", "0 | NoDevFiles", "0 | ''", "0 | 4,5", "2,5 | 2,3"})
  void whatDoesNotGoTogetherIsRefused(String addresses, String set) {
    assertThatThrownBy(() -> GpuMapping.of(split(addresses), set))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Spark gave this executor GPU %s, but CUDA_VISIBLE_DEVICES is '%s'. Unset it, or set it to the same or as many.",
            String.join(", ", split(addresses)), set);
  }

  @Test
  void noTwoAddressesShareAGpu() {
    for (String set : Arrays.asList(null, "0,1,2,3", "3,2,1,0", "7,6,5,4")) {
      GpuMapping mapping = GpuMapping.of(List.of("0", "1", "2", "3"), set);
      assertThat(mapping.visible()).doesNotHaveDuplicates().hasSize(4);
    }
  }

  @Test
  void anAddressOfAnotherExecutorIsRefused() {
    GpuMapping mapping = GpuMapping.of(List.of("2", "3"), null);
    assertThatThrownBy(() -> mapping.ordinal("1"))
        .hasMessage("Spark gave a task GPU 1, but its executor GPU 2, 3");
  }

  private static List<String> split(String text) {
    return Arrays.asList(text.split(",", -1));
  }
}
