package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Spark;
import convoy.deploy.StandaloneCluster.Worker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GPUs as Spark hands them out, on hosts whose {@code nvidia-smi} is a stand-in: which task gets
 * which, and what is said of those that ND4J cannot use. The jar is as the profile cuda builds it,
 * but for the native part, and says so.
 */
@Tag("cluster")
final class GpuClusterTest {
  /** Of a cluster's first worker: each has an address of its own. */
  private static final String HOST = "127.0.0.2";

  @TempDir private static Path folder;
  private static Path app;

  @BeforeAll
  static void pack() throws IOException {
    app = folder.resolve("app.jar");
    Path classes = Path.of("target", "test-classes");
    try (OutputStream file = Files.newOutputStream(app);
        JarOutputStream jar = new JarOutputStream(file);
        Stream<Path> found = Files.list(classes.resolve("convoy/deploy"))) {
      for (Path each :
          found.filter(f -> f.getFileName().toString().startsWith("GpuApp")).toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, jar);
      }
    }
  }

  @Test
  void executorsOnTwoHostsGetOneEach() throws IOException {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("two"))) {
      cluster.add(host("a", 1, "0, GPU-aa, Tesla T4, 7.5, 14910"));
      cluster.add(host("b", 1, "1, GPU-bb, Tesla T4, 7.5, 14910"));
      assertThat(look(cluster, 1, 1))
          .satisfiesExactlyInAnyOrder(
              line -> assertThat(line).contains("address 0 visible 0 "),
              line -> assertThat(line).contains("address 1 visible 1 "));
    }
  }

  @Test
  void tasksOfOneExecutorGetOneEach() throws IOException {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("one"))) {
      cluster.add(
          host("c", 2, "0, GPU-aa, Tesla T4, 7.5, 14910", "1, GPU-bb, Tesla T4, 7.5, 14910"));
      assertThat(look(cluster, 2, 2))
          .satisfiesExactlyInAnyOrder(
              line -> assertThat(line).contains("address 0 visible 0,1 "),
              line -> assertThat(line).contains("address 1 visible 0,1 "));
    }
  }

  @Test
  void whatNd4jCannotUseIsSaidAndTheCpuGoesOnIfItMay() throws IOException {
    ToyFiles.idx(folder.resolve("raw"), 300, 100);
    Spark local = new Spark(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
    Job.succeed(folder, local, "prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("new"))) {
      cluster.add(host("d", 1, "0, GPU-aa, NVIDIA H200, 9.0, 140000"));
      Spark spark = new Spark(options(cluster, 1, 1));
      List<String> train = List.of("train", "--data", "set", "--model", "lenet5", "--epochs", "1");
      Outcome refused =
          Programs.sparkSubmit(folder, spark, with(train, "--out", "run", "--device", "gpu"));
      assertThat(refused.status()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err())
          .contains("CPU: GPU 0 (NVIDIA H200) has compute capability 9.0")
          .contains("go on with the CPU by --device cpu")
          .doesNotContain("\tat ");
      Outcome auto = Job.succeed(folder, spark, with(train, "--out", "auto"));
      assertThat(auto.out()).contains(HOST + ": CPU: GPU 0 (NVIDIA H200) has");
      Outcome cpu = Job.succeed(folder, spark, with(train, "--out", "cpu", "--device", "cpu"));
      assertThat(cpu.out()).contains(HOST + ": CPU\n");
    }
  }

  /** A host with these GPUs, each as {@code nvidia-smi} lists it. */
  private static Worker host(String name, int cores, String... gpus) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin-" + name));
    StringBuilder script = new StringBuilder("#!/bin/sh\ncase $1 in\n*name*)\n");
    for (String gpu : gpus) {
      script.append("echo '").append(gpu).append("'\n");
    }
    script.append(";;\n*)\n");
    for (String gpu : gpus) {
      script.append("echo ").append(gpu, 0, gpu.indexOf(',')).append('\n');
    }
    script.append("esac\n");
    Path tool = Files.writeString(bin.resolve("nvidia-smi"), script);
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Worker(
        cores,
        List.of(
            "-Dspark.worker.resource.gpu.amount=" + gpus.length,
            "-Dspark.worker.resource.gpu.discoveryScript="
                + Programs.ROOT.resolve("deploy/clusters/gpu-addresses.sh")),
        List.of("env", "PATH=" + bin + ":" + System.getenv("PATH")));
  }

  private static List<String> options(StandaloneCluster cluster, int gpus, int cores) {
    List<String> options =
        cluster.options(
            "spark.executor.resource.gpu.amount=" + gpus,
            "spark.task.resource.gpu.amount=1",
            "spark.executor.cores=" + cores);
    options.addAll(List.of("--jars", Programs.cudaBackend().toString()));
    return options;
  }

  /** What two tasks at a time see. */
  private static List<String> look(StandaloneCluster cluster, int gpus, int cores) {
    List<String> options = options(cluster, gpus, cores);
    options.addAll(List.of("--conf", "spark.plugins=convoy.driver.gpu.GpuPlugin"));
    options.addAll(
        List.of(
            "--conf",
            "spark.cores.max=2",
            "--conf",
            "spark.scheduler.minRegisteredResourcesRatio=1.0"));
    Outcome outcome = Programs.sparkSubmit(folder, options, app, GpuApp.class.getName(), "2");
    assertThat(outcome.status()).as("%s", outcome).isZero();
    return outcome.out().lines().filter(line -> line.startsWith("process")).toList();
  }

  private static String[] with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
