package convoy.data.source;

import java.util.List;

/** No source of a data set answered; the message lists each with its reason, and what to do. */
public final class SourceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SourceUnavailableException(String dataset, List<String> failures) {
    super(
        "%s: no source answered. Name a folder that holds its files with --from DIR. Tried:%n  %s"
            .formatted(dataset, String.join(System.lineSeparator() + "  ", failures)));
  }
}
