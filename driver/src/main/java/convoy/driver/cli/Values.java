package convoy.driver.cli;

import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Schedule;
import convoy.model.zoo.Zoo;
import java.util.function.DoublePredicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Options' values as they are read; each says what it refuses, so that all mistakes are reported
 * together.
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
