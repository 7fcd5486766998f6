package convoy.model.zoo;

import java.util.List;

/** The named networks. */
public final class Zoo {
  private static final List<String> NAMES =
      List.of(
          Lenet5.NAME,
          Mlp.NAME,
          CnnSmall.NAME,
          CnnDeep.NAME,
          MnistWide.NAME,
          CifarDeep.NAME,
          CifarWide.NAME);

  private Zoo() {}

  /** All names, in the order of the documentation. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The images that the network of that name is named for.
   *
   * @throws IllegalArgumentException for an unknown name, with the nearest known one
   */
  public static InputShape usualInput(String name) {
    return switch (name) {
      case Lenet5.NAME, Mlp.NAME, CnnSmall.NAME, CnnDeep.NAME, MnistWide.NAME ->
          new InputShape(1, 28, 28);
      case CifarDeep.NAME, CifarWide.NAME -> new InputShape(3, 32, 32);
      default -> throw NearestName.unknown("network", name, NAMES);
    };
  }

  /**
   * The network of that name for images of that shape.
   *
   * @throws IllegalArgumentException for an unknown name, with the nearest known one, or for images
   *     it does not fit
   */
  public static Network named(String name, InputShape input, int classes) {
    return switch (name) {
      case Lenet5.NAME -> new Lenet5(input, classes);
      case Mlp.NAME -> new Mlp(input, classes);
      case CnnSmall.NAME -> new CnnSmall(input, classes);
      case CnnDeep.NAME -> new CnnDeep(input, classes);
      case MnistWide.NAME -> new MnistWide(input, classes);
      case CifarDeep.NAME -> new CifarDeep(input, classes);
      case CifarWide.NAME -> new CifarWide(input, classes);
      default -> throw NearestName.unknown("network", name, NAMES);
    };
  }
}
