package convoy.model.zoo;

import java.util.List;

/** The named networks. */
public final class Zoo {
  private Zoo() {}

  /** All names, in the order of the documentation. */
  public static List<String> names() {
    throw new UnsupportedOperationException();
  }

  /**
   * The network of that name for images of that shape.
   *
   * @throws IllegalArgumentException for an unknown name, with the nearest known one, or for images it does not fit
   */
  public static Network named(String name, InputShape input, int classes) {
    throw new UnsupportedOperationException();
  }
}
