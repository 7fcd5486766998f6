package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageShape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AffineSamplerTest {
  /** A few roundings of a float, and a coordinate cut to 24 bits after the point. */
  private static final float TOLERANCE = 1e-6f;

  private static byte[] noise(ImageShape shape, long seed) {
    byte[] pixels = new byte[shape.pixels()];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }

  private static float[] sample(
      ImageShape shape,
      byte[] pixels,
      double radians,
      double rows,
      double columns,
      boolean mirrored,
      boolean inverted) {
    float[] batch = new float[shape.pixels()];
    new AffineSampler(shape).write(pixels, 0, radians, rows, columns, mirrored, inverted, batch, 0);
    return batch;
  }

  /**
   * What Keras does, step by step and in double: matrices multiplied, offset to the centre, each
   * pixel read with its coordinates held to the edge, the flips afterwards.
   */
  private static float[] reference(
      ImageShape shape,
      byte[] pixels,
      double radians,
      double rows,
      double columns,
      boolean mirrored,
      boolean inverted) {
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double[][] rotation = {{cos, sin, 0}, {-sin, cos, 0}, {0, 0, 1}};
    double[][] shift = {{1, 0, rows}, {0, 1, columns}, {0, 0, 1}};
    double middleRow = shape.height() / 2.0 - 0.5;
    double middleColumn = shape.width() / 2.0 - 0.5;
    double[][] toCentre = {{1, 0, middleRow}, {0, 1, middleColumn}, {0, 0, 1}};
    double[][] fromCentre = {{1, 0, -middleRow}, {0, 1, -middleColumn}, {0, 0, 1}};
    double[][] map = times(times(times(toCentre, rotation), shift), fromCentre);
    float[] varied = new float[shape.pixels()];
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int row = 0; row < shape.height(); row++) {
        for (int column = 0; column < shape.width(); column++) {
          double y = map[0][0] * row + map[0][1] * column + map[0][2];
          double x = map[1][0] * row + map[1][1] * column + map[1][2];
          int toRow = inverted ? shape.height() - 1 - row : row;
          int toColumn = mirrored ? shape.width() - 1 - column : column;
          varied[(channel * shape.height() + toRow) * shape.width() + toColumn] =
              (float) (bilinear(shape, pixels, channel, y, x) / 255);
        }
      }
    }
    return varied;
  }

  private static double[][] times(double[][] left, double[][] right) {
    double[][] product = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 3; k++) {
          product[i][j] += left[i][k] * right[k][j];
        }
      }
    }
    return product;
  }

  private static double bilinear(ImageShape shape, byte[] pixels, int channel, double y, double x) {
    double row = Math.max(0, Math.min(shape.height() - 1, y));
    double column = Math.max(0, Math.min(shape.width() - 1, x));
    int top = (int) row;
    int left = (int) column;
    double below = row - top;
    double beside = column - left;
    return (1 - below) * (1 - beside) * pixel(shape, pixels, channel, top, left)
        + (1 - below) * beside * pixel(shape, pixels, channel, top, left + 1)
        + below * (1 - beside) * pixel(shape, pixels, channel, top + 1, left)
        + below * beside * pixel(shape, pixels, channel, top + 1, left + 1);
  }

  private static int pixel(ImageShape shape, byte[] pixels, int channel, int row, int column) {
    int heldRow = Math.min(row, shape.height() - 1);
    int heldColumn = Math.min(column, shape.width() - 1);
    return pixels[(channel * shape.height() + heldRow) * shape.width() + heldColumn] & 0xff;
  }

  @Test
  void agreesWithKerasFormulasForAnyAngleShiftAndFlip() {
    Random random = new Random(11);
    ImageShape[] shapes = {
      new ImageShape(1, 28, 28),
      new ImageShape(3, 32, 32),
      new ImageShape(2, 7, 19),
      new ImageShape(1, 5, 1),
      new ImageShape(1, 1, 5),
      new ImageShape(1, 1, 1)
    };
    for (int trial = 0; trial < 600; trial++) {
      ImageShape shape = shapes[trial % shapes.length];
      byte[] pixels = noise(shape, trial);
      double radians = (random.nextDouble() * 2 - 1) * Math.PI;
      double rows = (random.nextDouble() * 2 - 1) * shape.height();
      double columns = (random.nextDouble() * 2 - 1) * shape.width();
      boolean mirrored = random.nextBoolean();
      boolean inverted = random.nextBoolean();
      assertThat(sample(shape, pixels, radians, rows, columns, mirrored, inverted))
          .as("%s turned by %s, shifted by %s, %s", shape, radians, rows, columns)
          .containsExactly(
              reference(shape, pixels, radians, rows, columns, mirrored, inverted),
              within(TOLERANCE));
    }
  }

  @Test
  void turnsByARightAngleExactlyAndCounterClockwise() {
    ImageShape shape = new ImageShape(1, 3, 3);
    byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertThat(sample(shape, pixels, Math.PI / 2, 0, 0, false, false))
        .containsExactly(unit(3, 6, 9, 2, 5, 8, 1, 4, 7));
    assertThat(sample(shape, pixels, Math.PI, 0, 0, false, false))
        .containsExactly(unit(9, 8, 7, 6, 5, 4, 3, 2, 1));
  }

  @Test
  void turnsEveryShadeByARightAngleExactly() {
    ImageShape shape = new ImageShape(2, 16, 16);
    byte[] pixels = new byte[shape.pixels()];
    float[] turned = new float[shape.pixels()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
      int column = i % 16;
      int row = i / 16 % 16;
      turned[i - i % 256 + (15 - column) * 16 + row] = (i % 256) / 255f;
    }
    assertThat(sample(shape, pixels, Math.PI / 2, 0, 0, false, false)).containsExactly(turned);
  }

  @Test
  void shiftsRowsUpAndColumnsLeftByWholePixelsExactly() {
    ImageShape shape = new ImageShape(1, 2, 4);
    byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8};
    assertThat(sample(shape, pixels, 0, 1, 0, false, false))
        .as("one row, the last one repeated")
        .containsExactly(unit(5, 6, 7, 8, 5, 6, 7, 8));
    assertThat(sample(shape, pixels, 0, 0, 1, false, false))
        .as("one column, the last one repeated")
        .containsExactly(unit(2, 3, 4, 4, 6, 7, 8, 8));
    assertThat(sample(shape, pixels, 0, 0, -1, false, false))
        .as("one column back, the first one repeated")
        .containsExactly(unit(1, 1, 2, 3, 5, 5, 6, 7));
  }

  @Test
  void flipsAfterShifting() {
    ImageShape shape = new ImageShape(1, 2, 3);
    byte[] pixels = {1, 2, 3, 4, 5, 6};
    assertThat(sample(shape, pixels, 0, 0, 1, true, false)).containsExactly(unit(3, 3, 2, 6, 6, 5));
    assertThat(sample(shape, pixels, 0, 1, 0, false, true)).containsExactly(unit(4, 5, 6, 4, 5, 6));
  }

  @Test
  void leavesAnUnmovedImageExactlyAsItIs() {
    ImageShape shape = new ImageShape(1, 16, 16);
    byte[] pixels = new byte[256];
    float[] expected = new float[256];
    for (int i = 0; i < 256; i++) {
      pixels[i] = (byte) i;
      expected[i] = i / 255f;
    }
    assertThat(sample(shape, pixels, 0, 0, 0, false, false)).containsExactly(expected);
  }

  private static float[] unit(int... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i] / 255f;
    }
    return floats;
  }
}
