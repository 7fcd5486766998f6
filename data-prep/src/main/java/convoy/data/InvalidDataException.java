package convoy.data;

/**
 * File contents that cannot be what they should be; the message names the file, what was found, and
 * what to do.
 */
public final class InvalidDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message for a person. */
  public InvalidDataException(String message) {
    super(message);
  }

  /** With a message for a person, and what led to it. */
  public InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
