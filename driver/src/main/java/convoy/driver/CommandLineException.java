package convoy.driver;

/**
 * What a person asked for cannot be done as asked; the message says what, what was found, and what
 * to do.
 */
public final class CommandLineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message for a person. */
  public CommandLineException(String message) {
    super(message);
  }

  /** With a message for a person, and what led to it. */
  public CommandLineException(String message, Throwable cause) {
    super(message, cause);
  }
}
