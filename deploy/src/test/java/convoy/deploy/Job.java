package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import convoy.deploy.Programs.Spark;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One training as the tests of clusters run it in many places: 3 epochs, two workers, a round for
 * each minibatch of 16 images, everything on that what a round does can depend on. What it leaves
 * is compared without the times.
 */
final class Job {
  private static final List<String> TIMES =
      List.of(
          "imagesPerSecond",
          "seconds",
          "computeSeconds",
          "averagingSeconds",
          "waitingSeconds",
          "validationSeconds");

  private Job() {}

  /** The command line that trains on a prepared set. */
  static String[] train(String data, String run) {
    return new String[] {
      "train",
      "--data",
      data,
      "--model",
      "lenet5",
      "--epochs",
      "3",
      "--workers",
      "2",
      "--batch-size",
      "16",
      "--averaging-frequency",
      "1",
      "--validation",
      "200",
      "--rotation",
      "10",
      "--schedule",
      "cosine",
      "--outer-momentum",
      "0.3",
      "--checkpoint-every",
      "3",
      "--out",
      run
    };
  }

  /** The command line that goes on with it. */
  static String[] resume(String run) {
    return new String[] {"train", "--resume", "--out", run};
  }

  /** Runs a command to its good end. */
  static Outcome succeed(java.nio.file.Path folder, Spark spark, String... arguments) {
    Outcome outcome = Programs.sparkSubmit(folder, spark, arguments);
    assertThat(outcome.status())
        .as("%s%n%s%n%s", Arrays.toString(arguments), outcome.out(), outcome.err())
        .isZero();
    return outcome;
  }

  /** Waits for a checkpoint after the given round, and returns the newest one's round. */
  static int awaitCheckpoint(FileSystem files, String run, int after, Running running)
      throws IOException {
    long until = System.nanoTime() + 300_000_000_000L;
    int newest = newestCheckpoint(files, run);
    while (newest <= after) {
      assertThat(System.nanoTime() < until && running.process().isAlive())
          .as("%s", running.outcome())
          .isTrue();
      Daemon.pause(20);
      newest = newestCheckpoint(files, run);
    }
    return newest;
  }

  /** The newest checkpoint's round, 0 where there is none. */
  static int newestCheckpoint(FileSystem files, String run) throws IOException {
    Path checkpoints = new Path(run, "checkpoints");
    int newest = 0;
    if (files.exists(checkpoints)) {
      for (FileStatus each : files.listStatus(checkpoints)) {
        String name = each.getPath().getName();
        newest = name.startsWith(".") ? newest : Math.max(newest, Integer.parseInt(name));
      }
    }
    return newest;
  }

  /**
   * What a finished run says, in whatever file system: the bytes of its models' parameters and
   * updater states, its metrics and its evaluation but for the times.
   */
  static Map<String, Object> result(FileSystem files, String run) throws IOException {
    assertThat(files.exists(new Path(run, "_SUCCESS"))).as("%s/_SUCCESS", run).isTrue();
    Map<String, Object> result = new HashMap<>();
    for (String model : List.of("model.zip", "best.zip")) {
      if (files.exists(new Path(run, model))) {
        ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(read(files, run, model)));
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          if (entry.getName().endsWith(".bin")) {
            result.put(
                model + "/" + entry.getName(),
                new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1));
          }
        }
      }
    }
    assertThat(result).containsKeys("model.zip/coefficients.bin", "model.zip/updaterState.bin");
    ObjectMapper json = new ObjectMapper();
    List<ObjectNode> metrics = new ArrayList<>();
    for (String line :
        new String(read(files, run, "metrics.jsonl"), StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        metrics.add(((ObjectNode) json.readTree(line)).without(TIMES));
      }
    }
    result.put("metrics", metrics);
    result.put("confusion", json.readTree(read(files, run, "evaluation.json")).get("confusion"));
    return result;
  }

  private static byte[] read(FileSystem files, String run, String name) throws IOException {
    try (FSDataInputStream in = files.open(new Path(run, name))) {
      return ((InputStream) in).readAllBytes();
    }
  }
}
