package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeHeapTest {
  private static final int STEPS = 20;
  private static final int ARRAY = 14 << 20;
  private static final int PAGE = 4096;

  /** As ND4J's operations do it: three arrays of a cifar-deep layer's size. */
  @Test
  void stepsReuseTheMemoryOfThoseBefore() throws Exception {
    assumeThat(NativeHeap.isSet(System.getenv())).isFalse();
    NativeHeap.keepFreedMemory();
    long faults =
        onThreadOfItsOwn(
            () -> {
              step();
              long before = pageFaults();
              for (int i = 0; i < STEPS; i++) {
                step();
              }
              return pageFaults() - before;
            });
    assertThat(faults).isLessThan(3L * ARRAY / PAGE);
  }

  private static void step() {
    long[] arrays = new long[3];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = Native.malloc(ARRAY);
      new Pointer(arrays[i]).clear(ARRAY);
    }
    for (long array : arrays) {
      Native.free(array);
    }
  }

  /** Of this thread, without input or output: proc_pid_stat(5), field 10. */
  private static long pageFaults() throws IOException {
    String line = Files.readString(Path.of("/proc/thread-self/stat"));
    return Long.parseLong(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }

  private static <T> T onThreadOfItsOwn(Callable<T> callable) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(callable).get();
    } finally {
      thread.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_", "MALLOC_PERTURB_"})
  void leavesTheAllocatorAloneThatTheEnvironmentSets(String name) {
    assertThat(NativeHeap.isSet(Map.of(name, "1"))).isEqualTo(name.endsWith("_"));
  }

  @Test
  void leavesTheAllocatorAloneThatTunablesSet() {
    assertThat(NativeHeap.isSet(Map.of("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=1")))
        .isTrue();
    assertThat(NativeHeap.isSet(Map.of("GLIBC_TUNABLES", "glibc.rtld.nns=4"))).isFalse();
    assertThat(NativeHeap.isSet(Map.of())).isFalse();
  }
}
