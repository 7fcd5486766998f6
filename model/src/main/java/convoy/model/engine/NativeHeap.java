package convoy.model.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the C library does with memory that native code has given back.
 *
 * <p>ND4J's operations over oneDNN take memory for their arrays in another order and give it back
 * within a step, tens of megabytes each time. glibc hands much of that to the system again, or
 * none, as chance has laid it out: over runs of the same training between 0 and 13,000 pages a step
 * came back one by one, a tenth of a step's time. Here it is kept for the next step, so that a
 * process stays as large as it once was; single blocks of half a {@link #HEAP} and more are always
 * given back.
 *
 * <p>See mallopt(3) for the parameters.
 */
final class NativeHeap {
  private static final Logger log = LoggerFactory.getLogger(NativeHeap.class);

  private static final int TRIM_THRESHOLD = -1;
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;

  /** glibc's threads take memory in heaps of this size; half of it is the largest threshold. */
  private static final int HEAP = 64 << 20;

  private NativeHeap() {}

  /** Keeps it, unless the environment has settings of its own for the allocator. */
  static void keepFreedMemory() {
    if (isSet(System.getenv())) {
      return;
    }
    try {
      LibC libC = Native.loadLibrary("c", LibC.class);
      int done =
          libC.mallopt(MMAP_THRESHOLD, HEAP / 2)
              & libC.mallopt(TRIM_THRESHOLD, Integer.MAX_VALUE)
              & libC.mallopt(TOP_PAD, HEAP);
      if (done != 1) {
        log.warn("mallopt refused a parameter: training steps may vary in time");
      }
    } catch (LinkageError e) {
      log.info("no mallopt here ({}): training steps may vary in time", e.getMessage());
    }
  }

  static boolean isSet(Map<String, String> environment) {
    return environment.keySet().stream().anyMatch(name -> name.matches("MALLOC_.*_"))
        || environment.getOrDefault("GLIBC_TUNABLES", "").contains("glibc.malloc.");
  }

  private interface LibC extends Library {
    /** 1 if it went well. */
    int mallopt(int parameter, int value);
  }
}
