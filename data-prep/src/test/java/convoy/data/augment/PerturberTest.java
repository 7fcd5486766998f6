package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageShape;
import convoy.data.augment.Perturbation.Kind;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PerturberTest {
  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
  private static final int PLANE = 32 * 32;

  private final byte[] image = new byte[SHAPE.pixels()];

  PerturberTest() {
    // Smooth, and away from black and white, so that little is cut off.
    for (int i = 0; i < image.length; i++) {
      int channel = i / PLANE;
      int row = i / 32 % 32;
      image[i] = (byte) (100 + 50 * Math.sin(i % 32 / 5.0) * Math.cos(row / 7.0) + channel);
    }
  }

  private float[] perturbed(Kind kind, int strength, long id) {
    float[] result = new float[SHAPE.pixels()];
    new Perturber(SHAPE).write(new Perturbation(kind, strength), image, 0, id, result, 0);
    return result;
  }

  private float[] plain() {
    float[] result = new float[SHAPE.pixels()];
    View.PLAIN.write(SHAPE, image, 0, result, 0);
    return result;
  }

  private double distance(float[] values) {
    float[] plain = plain();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += (values[i] - plain[i]) * (values[i] - plain[i]);
    }
    return Math.sqrt(sum / values.length);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void changesTheImageMoreTheStrongerItIs(Kind kind) {
    double last = 0;
    for (int strength = 1; strength <= Perturbation.STRENGTHS; strength++) {
      double mean = 0;
      for (int id = 0; id < 50; id++) {
        mean += distance(perturbed(kind, strength, id)) / 50;
      }
      assertThat(mean).as("%s at %d", kind, strength).isGreaterThan(last);
      last = mean;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void followsFromTheImagesIdAlone(Kind kind) {
    Perturber used = new Perturber(SHAPE);
    float[] batch = new float[2 * SHAPE.pixels()];
    used.write(new Perturbation(kind, 5), image, 0, 3, batch, 0);
    used.write(new Perturbation(kind, 2), image, 0, 17, batch, SHAPE.pixels());
    float[] second = Arrays.copyOfRange(batch, SHAPE.pixels(), batch.length);
    assertThat(second).isEqualTo(perturbed(kind, 2, 17));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void staysBetweenBlackAndWhite(Kind kind) {
    new Random(1).nextBytes(image);
    for (float value : perturbed(kind, 5, 1)) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @Test
  void makesLighterOrDarkerByTheSameEverywhere() {
    float[] plain = plain();
    for (int id = 0; id < 10; id++) {
      float[] changed = perturbed(Kind.BRIGHTNESS, 1, id);
      float by = changed[0] - plain[0];
      assertThat(Math.abs(by)).isCloseTo(0.1f, within(1e-5f));
      for (int i = 0; i < changed.length; i++) {
        assertThat(changed[i] - plain[i]).isCloseTo(by, within(1e-5f));
      }
    }
  }

  @Test
  void addsNoiseOfTheStatedDeviation() {
    double squares = 0;
    for (int id = 0; id < 20; id++) {
      double distance = distance(perturbed(Kind.NOISE, 2, id));
      squares += distance * distance / 20;
    }
    assertThat(Math.sqrt(squares)).isCloseTo(0.08, within(0.001));
  }

  @Test
  void blursAsAGaussianDoes() {
    Arrays.fill(image, (byte) 0);
    image[16 * 32 + 16] = (byte) 255;
    float[] blurred = perturbed(Kind.BLUR, 5, 0);
    double sum = 0;
    double variance = 0;
    for (int i = 0; i < PLANE; i++) {
      sum += blurred[i];
      variance += blurred[i] * Math.pow(i % 32 - 16, 2);
    }
    assertThat(sum).isCloseTo(1, within(1e-5));
    assertThat(Math.sqrt(variance)).isCloseTo(1.5, within(0.02));
    for (int i = PLANE; i < blurred.length; i++) {
      assertThat(blurred[i]).isZero();
    }
  }

  @Test
  void hidesASquareInAllChannels() {
    float[] plain = plain();
    float[] hidden = perturbed(Kind.OCCLUSION, 3, 9);
    int side = (int) Math.round(0.3 * 32);
    for (int channel = 0; channel < 3; channel++) {
      int grey = 0;
      for (int i = channel * PLANE; i < (channel + 1) * PLANE; i++) {
        if (hidden[i] == 0.5f) {
          grey++;
        } else {
          assertThat(hidden[i]).isEqualTo(plain[i]);
        }
      }
      assertThat(grey).isEqualTo(side * side);
    }
  }

  @Test
  void refusesAStrengthThatThereIsNot() {
    assertThatThrownBy(() -> new Perturbation(Kind.BLUR, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("strength must be 1 to 5, got 6");
  }
}
