package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.TadPack;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class CpuOperationsTest {
  @TempDir private Path folder;

  /** Operations that are made before it fail to find the native library. */
  @BeforeAll
  static void loadsNd4j() {
    assertThat(Nd4j.getExecutioner()).isNotNull();
  }

  /** In a JVM of its own: without them it dies by SIGSEGV, within ten seconds here. */
  @Test
  void collectionsLeaveArraysAloneThatAnOperationReads() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:ErrorFile=" + folder + "/crash"));
    ComputeDevice.properties().forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Collected.class.getName()));
    File screen = folder.resolve("screen").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(screen)
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(screen.toPath()))
        .contains(CpuOperations.class.getName() + " lived");
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void eachOperationOfNd4jWithAContextIsHeld() {
    List<String> all =
        Arrays.stream(NativeOpExecutioner.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isBridge())
            .filter(method -> List.of(method.getParameterTypes()).contains(OpContext.class))
            .map(CpuOperationsTest::signature)
            .toList();
    List<String> held =
        Arrays.stream(CpuOperations.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> List.of(method.getParameterTypes()).contains(OpContext.class))
            .map(CpuOperationsTest::signature)
            .toList();
    assertThat(all).hasSizeGreaterThan(5);
    assertThat(held).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void arraysOfOneShapeShareItsDescription() {
    CpuOperations operations = new CpuOperations();
    long[] shape = {3, 4};
    long[] stride = {4, 1};
    DataBuffer first = operations.createShapeInfo(shape, stride, 1, 'c', DataType.FLOAT, false);
    DataBuffer again =
        operations.createShapeInfo(shape.clone(), stride.clone(), 1, 'c', DataType.FLOAT, false);
    assertThat(again).isSameAs(first);
    assertThat(first.asLong())
        .isEqualTo(
            new NativeOpExecutioner()
                .createShapeInfo(shape, stride, 1, 'c', DataType.FLOAT, false)
                .asLong());
    for (DataBuffer other :
        List.of(
            operations.createShapeInfo(shape, stride, 1, 'f', DataType.FLOAT, false),
            operations.createShapeInfo(shape, stride, 0, 'c', DataType.FLOAT, false),
            operations.createShapeInfo(shape, stride, 1, 'c', DataType.DOUBLE, false),
            operations.createShapeInfo(shape, stride, 1, 'c', DataType.FLOAT, true),
            operations.createShapeInfo(shape, new long[] {8, 2}, 2, 'c', DataType.FLOAT, false))) {
      assertThat(other.asLong()).isNotEqualTo(first.asLong());
    }
    // Whose arrays they were may do with them what it likes.
    shape[0] = 5;
    assertThat(operations.createShapeInfo(shape, stride, 1, 'c', DataType.FLOAT, false).asLong())
        .startsWith(2, 5, 4);
  }

  @Test
  void cutsArraysOfOneShapeAlike() {
    CpuOperations operations = new CpuOperations();
    INDArray array = Nd4j.create(DataType.FLOAT, 3, 4, 5);
    TadPack rows = operations.tadShapeInfoAndOffsets(array, new int[] {2});
    TadPack same =
        operations.tadShapeInfoAndOffsets(Nd4j.create(DataType.FLOAT, 3, 4, 5), new int[] {2});
    assertThat(same.getTadOffsets()).isSameAs(rows.getTadOffsets());
    assertThat(rows.getTadOffsets().asLong())
        .isEqualTo(
            new NativeOpExecutioner()
                .tadShapeInfoAndOffsets(array, new int[] {2})
                .getTadOffsets()
                .asLong())
        .hasSize(12);
    assertThat(operations.tadShapeInfoAndOffsets(array, new int[] {1, 2}).getTadOffsets().asLong())
        .containsExactly(0, 20, 40);
  }

  private static String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }

  /** Adds rows that nobody else holds, in more threads than there are cores, beside collections. */
  static final class Collected {
    private static final int THREADS = 8;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(10);

    private Collected() {}

    /** Takes nothing. */
    public static void main(String[] args) throws InterruptedException {
      String operations = Nd4j.getExecutioner().getClass().getName();
      long end = System.nanoTime() + NANOS;
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(new Thread(() -> addRows(end)));
      }
      threads.forEach(Thread::start);
      while (System.nanoTime() < end) {
        System.gc();
        Thread.sleep(1);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      System.out.println(operations + " lived");
    }

    private static void addRows(long end) {
      INDArray parameters = Nd4j.rand(DataType.FLOAT, 1, 1_000);
      INDArray sum = Nd4j.rand(DataType.FLOAT, 8, 16);
      while (System.nanoTime() < end) {
        sum.addiRowVector(row(parameters));
      }
    }

    private static INDArray row(INDArray parameters) {
      return parameters.get(NDArrayIndex.point(0), NDArrayIndex.interval(10, 26)).reshape(1, 16);
    }
  }
}
