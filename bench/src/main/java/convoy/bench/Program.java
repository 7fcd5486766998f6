package convoy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A measurement as a process of its own, which prints what it found as {@code key=number}.
 *
 * @param name by which its values are told from others'
 */
record Program(String name, List<String> command) {
  private static final Pattern VALUE = Pattern.compile("(\\w+)=([-+.\\dE]+)");

  /** The same with a variable in its environment. */
  Program with(String variable, String value) {
    return new Program(
        name, Stream.concat(Stream.of("env", variable + "=" + value), command.stream()).toList());
  }

  /**
   * Runs it and returns its values, by {@code name:key}.
   *
   * @throws IllegalStateException if it fails; it has said why on the screen
   */
  Map<String, Double> run() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String out;
    try (InputStream in = process.getInputStream()) {
      out = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "%s ended with status %d".formatted(command, process.exitValue()));
    }
    Map<String, Double> values = new HashMap<>();
    Matcher matcher = VALUE.matcher(out);
    while (matcher.find()) {
      values.put(name + ":" + matcher.group(1), Double.valueOf(matcher.group(2)));
    }
    return values;
  }
}
