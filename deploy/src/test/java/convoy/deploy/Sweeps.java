package convoy.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A small sweep, and what it ends in. */
final class Sweeps {
  static final int TRIALS = 5;

  private Sweeps() {}

  /** Of a few seconds a trial. */
  static void specification(java.nio.file.Path file, String data) throws IOException {
    Files.writeString(
        file,
        """
        data: %s
        model: lenet5
        train: {epochs: 3, validation: 200, batch-size: 16}
        search:
          learning-rate: {log: [1e-4, 1e-2]}
          optimizer: [sgd, adam]
          rotation: {range: [0, 20], when: {optimizer: adam}}
        method: sobol
        budget: {trials: %d}
        repeats: 2
        """
            .formatted(data, TRIALS));
  }

  /** What each trial and each repeat came to, parameters included, and the conclusion. */
  static Map<String, Object> results(FileSystem files, String sweep) throws IOException {
    JsonNode result = json(files, new Path(sweep, "sweep.json"));
    Map<String, Object> results = new TreeMap<>();
    for (JsonNode trial : result.get("trials")) {
      String directory = trial.get("directory").asText();
      StringBuilder epochs = new StringBuilder();
      trial
          .get("epochs")
          .forEach(epoch -> epochs.append(epoch.get("loss")).append(epoch.get("accuracy")));
      results.put(
          directory,
          "%s %s %s %s"
              .formatted(
                  trial.get("state"),
                  trial.get("point"),
                  epochs,
                  model(files, sweep + "/" + directory)));
    }
    for (FileStatus repeat : files.listStatus(new Path(sweep, "repeats"))) {
      results.put(repeat.getPath().getName(), model(files, repeat.getPath().toString()));
    }
    for (String name : List.of("verdict", "importance", "boundaries", "test")) {
      results.put(name, result.get(name));
    }
    return results;
  }

  /** The arrays of a run's model. */
  static String model(FileSystem files, String run) throws IOException {
    StringBuilder arrays = new StringBuilder();
    try (ZipInputStream zip = new ZipInputStream(files.open(new Path(run, "model.zip")))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".bin")) {
          arrays
              .append(entry.getName())
              .append(Base64.getEncoder().encodeToString(zip.readAllBytes()));
        }
      }
    }
    return arrays.toString();
  }

  private static JsonNode json(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return new ObjectMapper().readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
