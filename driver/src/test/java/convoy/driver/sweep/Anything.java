package convoy.driver.sweep;

import java.util.List;
import java.util.Optional;

/** Accepts any option and any value but the refused ones. */
record Anything(List<Object> refused) implements AcceptedOptions {
  Anything() {
    this(List.of());
  }

  @Override
  public boolean knows(String name) {
    return true;
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public Optional<String> refusal(String name, Object value) {
    return refused.contains(value) ? Optional.of("refused") : Optional.empty();
  }
}
