package convoy.driver.sweep;

import convoy.driver.CommandLineException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong in a file, gathered to be reported at once. */
final class Mistakes {
  private final String file;
  private final List<Mistake> found = new ArrayList<>();

  Mistakes(String file) {
    this.file = file;
  }

  /**
   * Takes note of a mistake.
   *
   * @param line from 1
   */
  void add(int line, String words) {
    found.add(new Mistake(line, words));
  }

  /** Refuses the file if there was one. */
  void throwAny() {
    if (!found.isEmpty()) {
      throw new CommandLineException(
          found.stream()
              .sorted(Comparator.comparingInt(Mistake::line))
              .map(mistake -> "\n  line %d: %s".formatted(mistake.line(), mistake.words()))
              .collect(
                  Collectors.joining(
                      "",
                      found.size() == 1
                          ? file + ": 1 mistake"
                          : "%s: %d mistakes".formatted(file, found.size()),
                      "")));
    }
  }

  private record Mistake(int line, String words) {}
}
