package convoy.data.source;

import java.util.List;

/** No mirror gave the file that was wanted. */
final class MirrorsFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> failures;

  MirrorsFailedException(List<String> failures) {
    super(String.join("; ", failures));
    this.failures = List.copyOf(failures);
  }

  /** One line a mirror: its address and what went wrong. */
  List<String> failures() {
    return failures;
  }
}
