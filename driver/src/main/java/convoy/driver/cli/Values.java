package convoy.driver.cli;

import convoy.driver.evaluate.Views;
import convoy.driver.gpu.Device;
import convoy.driver.train.Averaging.UpdaterState;
import convoy.driver.train.AveragingFrequency;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Schedule;
import convoy.model.zoo.Zoo;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Options' values as they are read and shown; each says what it refuses, so that all mistakes are
 * reported together.
 */
final class Values {
  private Values() {}

  /** A whole number from 1. */
  static final class AtLeastOne implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, Integer.MAX_VALUE);
    }
  }

  /** A whole number from 0 that counts minibatches or epochs. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 0, Integer.MAX_VALUE);
    }
  }

  /** A whole number from 0. */
  static final class NotNegative implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return whole(text, 0, Long.MAX_VALUE);
    }
  }

  /** Above 0 and at most 100. */
  static final class LearningRate implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, "above 0 and at most 100", v -> v > 0 && v <= 100);
    }
  }

  /** From 0 to 180. */
  static final class Degrees implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, "0 to 180 degrees", v -> v >= 0 && v <= 180);
    }
  }

  /** From 0 to below 1. */
  static final class Fraction implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, "a fraction from 0 to below 1", v -> v >= 0 && v < 1);
    }
  }

  /** Above 0 and at most 1. */
  static final class Factor implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, "above 0 and at most 1", v -> v > 0 && v <= 1);
    }
  }

  /** Above 0. */
  static final class Positive implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, "above 0", v -> v > 0 && v < Double.POSITIVE_INFINITY);
    }
  }

  /** How an averaging frequency changes. */
  static final class FrequencyKind implements ITypeConverter<AveragingFrequency.Kind> {
    @Override
    public AveragingFrequency.Kind convert(String text) {
      return named(text, AveragingFrequency.Kind.values());
    }
  }

  /** What becomes of optimizers' state. */
  static final class UpdaterStateName implements ITypeConverter<UpdaterState> {
    @Override
    public UpdaterState convert(String text) {
      return named(text, UpdaterState.values());
    }
  }

  /** A recipe's name. */
  static final class RecipeName implements ITypeConverter<NamedRecipe> {
    @Override
    public NamedRecipe convert(String text) {
      for (NamedRecipe recipe : NamedRecipe.values()) {
        if (recipe.commandLineName().equals(text)) {
          return recipe;
        }
      }
      throw new TypeConversionException(
          "'%s' is not a recipe; known is %s"
              .formatted(
                  text,
                  Arrays.stream(NamedRecipe.values())
                      .map(NamedRecipe::commandLineName)
                      .collect(Collectors.joining(", "))));
    }
  }

  /** What tells good epochs from bad ones. */
  static final class MeasureName implements ITypeConverter<EarlyStopping.Measure> {
    @Override
    public EarlyStopping.Measure convert(String text) {
      return named(text, EarlyStopping.Measure.values());
    }
  }

  /** What executors compute on. */
  static final class DeviceName implements ITypeConverter<Device> {
    @Override
    public Device convert(String text) {
      return named(text, Device.values());
    }
  }

  /** How an evaluation looks at each image. */
  static final class ViewsName implements ITypeConverter<Views> {
    @Override
    public Views convert(String text) {
      return named(text, Views.values());
    }
  }

  /** As the command line spells a constant. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E named(String text, E[] constants) {
    for (E constant : constants) {
      if (name(constant).equals(text)) {
        return constant;
      }
    }
    throw new TypeConversionException(
        "must be one of %s, got '%s'"
            .formatted(
                Arrays.stream(constants).map(Values::name).collect(Collectors.joining(", ")),
                text));
  }

  static <T> T or(T given, T standard) {
    return given == null ? standard : given;
  }

  /** A setting in words, or nothing where it has its neutral value. */
  static String part(String words, double value, double neutral) {
    return value == neutral ? "" : String.format(Locale.ROOT, words, value);
  }

  /** What is there of such parts. */
  static String list(String... parts) {
    String all =
        Arrays.stream(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    return all.isEmpty() ? "none" : all;
  }

  /** A network's name. */
  static final class ModelName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (!Zoo.names().contains(text)) {
        throw new TypeConversionException(
            "'%s' is not a network; known are %s".formatted(text, String.join(", ", Zoo.names())));
      }
      return text;
    }
  }

  /** Height, width and channels, for example {@code 32x32x3}. */
  static final class ImageSize implements ITypeConverter<InputShape> {
    @Override
    public InputShape convert(String text) {
      if (!text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}x[1-9]\\d{0,2}")) {
        throw new TypeConversionException(
            "must be height, width and channels such as 32x32x3, got " + text);
      }
      int[] sides = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
      return new InputShape(sides[2], sides[0], sides[1]);
    }
  }

  /** An optimizer's name. */
  static final class OptimizerName implements ITypeConverter<Optimizer> {
    @Override
    public Optimizer convert(String text) {
      try {
        return Optimizer.named(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** A schedule's name. */
  static final class ScheduleName implements ITypeConverter<Schedule> {
    @Override
    public Schedule convert(String text) {
      try {
        return Schedule.named(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private static long whole(String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("must be a whole number, got '%s'".formatted(text));
    }
    throw new TypeConversionException(
        most == Long.MAX_VALUE
            ? "must be at least %d, got %s".formatted(least, text)
            : "must be %d to %d, got %s".formatted(least, most, text));
  }

  private static double number(String text, String range, DoublePredicate within) {
    try {
      double value = Double.parseDouble(text);
      if (within.test(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("must be %s, got '%s'".formatted(range, text));
    }
    throw new TypeConversionException("must be %s, got %s".formatted(range, text));
  }
}
