package convoy.model.zoo;

import java.util.Comparator;
import java.util.List;

/** Answers a mistyped name with the known name that takes the fewest edits to reach. */
public final class NearestName {
  private NearestName() {}

  /** The nearest of some known names. */
  public static String of(String name, List<String> known) {
    return known.stream().min(Comparator.comparingInt(each -> edits(name, each))).orElseThrow();
  }

  /** The exception to throw; {@code kind} is what the names name. */
  static IllegalArgumentException unknown(String kind, String name, List<String> known) {
    return new IllegalArgumentException(
        "unknown %s '%s'. Did you mean %s? Known are: %s"
            .formatted(kind, name, of(name, known), String.join(", ", known)));
  }

  /** Characters to insert, delete or replace, after Wagner and Fischer (1974). */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
