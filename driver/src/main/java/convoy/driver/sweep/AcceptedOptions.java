package convoy.driver.sweep;

import java.util.List;
import java.util.Optional;

/** What {@code train} accepts. */
public interface AcceptedOptions {
  /** Whether there is an option of that name, without its hyphens. */
  boolean knows(String name);

  /** All names, for a hint. */
  List<String> names();

  /** Why a value is refused; empty if it is not. */
  Optional<String> refusal(String name, Object value);
}
