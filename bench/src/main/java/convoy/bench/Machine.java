package convoy.bench;

import convoy.driver.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The machine that a table was measured on. */
final class Machine {
  private Machine() {}

  /** As the head of a Markdown file. */
  static String describe(int turns) throws IOException {
    return """
        # Benchmarks

        Written by `bench/run %d` on %s: %s, %d cores, %d GiB, %s %s, OpenJDK %s.
        Convoy %s, Spark %s, Deeplearning4j and ND4J %s; stock DL4J on Convoy's OpenBLAS; PyTorch as PYTORCH_PEER runs it, one thread.
        Medians of %d turns, in brackets the lowest and the highest; what is compared was measured one after the other in each turn.
        The rows without brackets take long and were measured once.
        """
        .formatted(
            turns,
            LocalDate.now(ZoneOffset.UTC),
            field("/proc/cpuinfo", "model name"),
            Runtime.getRuntime().availableProcessors(),
            Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) >> 20,
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.version(),
            Version.current().number(),
            org.apache.spark.package$.MODULE$.SPARK_VERSION(),
            Version.current().dl4j(),
            turns);
  }

  private static String field(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown " + name);
  }
}
