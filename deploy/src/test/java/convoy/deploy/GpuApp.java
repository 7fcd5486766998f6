package convoy.deploy;

import com.sun.jna.Library;
import com.sun.jna.Native;
import convoy.driver.gpu.Gpus;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Prints, for tasks that run at a time, what GPU Spark gave each, what CUDA would see in its
 * process, and what Convoy computes on.
 */
public final class GpuApp {
  private GpuApp() {}

  /** The C library's view of the environment, which is CUDA's. */
  public interface LibC extends Library {
    /** A variable's value. */
    String getenv(String name);
  }

  /** Takes the number of tasks. */
  public static void main(String[] args) {
    int tasks = Integer.parseInt(args[0]);
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("gpus"))) {
      spark.parallelize(numbers, tasks).map(GpuApp::look).collect().forEach(System.out::println);
    }
  }

  private static String look(int number) throws InterruptedException {
    // Long enough for all tasks to run at a time.
    Thread.sleep(10_000);
    String address = TaskContext.get().resourcesJMap().get("gpu").addresses()[0];
    return "process %d address %s visible %s : %s"
        .formatted(
            ProcessHandle.current().pid(),
            address,
            Native.loadLibrary("c", LibC.class).getenv("CUDA_VISIBLE_DEVICES"),
            Gpus.here().described());
  }
}
