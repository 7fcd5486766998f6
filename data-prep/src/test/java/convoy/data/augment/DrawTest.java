package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawTest {
  private static final int IMAGES = 100_000;

  @Test
  void isUniformOverItsRange() {
    double sum = 0;
    double squares = 0;
    double least = 1;
    double most = -1;
    for (int id = 0; id < IMAGES; id++) {
      double value = Draw.symmetric(Draw.state(1, 0, id), Draw.ROTATION, 15);
      sum += value;
      squares += value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assertThat(sum / IMAGES).as("mean").isCloseTo(0, within(0.1));
    assertThat(squares / IMAGES).as("variance of U(-15, 15)").isCloseTo(75, within(1.0));
    assertThat(least).isBetween(-15.0, -14.99);
    assertThat(most).isBetween(14.99, 15.0);
  }

  @Test
  void tossesFairCoins() {
    int heads = 0;
    for (int id = 0; id < IMAGES; id++) {
      heads += Draw.coin(Draw.state(1, 0, id), Draw.HORIZONTAL_FLIP) ? 1 : 0;
    }
    assertThat(heads / (double) IMAGES).isCloseTo(0.5, within(0.01));
  }

  @Test
  void drawsAnotherNumberForEverySeedEpochImageAndIndex() {
    Set<Double> seen = new HashSet<>();
    for (int seed = 0; seed < 10; seed++) {
      for (int epoch = 0; epoch < 10; epoch++) {
        for (int id = 0; id < 100; id++) {
          for (int index = 1; index <= 5; index++) {
            seen.add(Draw.uniform(Draw.state(seed, epoch, id), index));
          }
        }
      }
    }
    assertThat(seen).hasSize(10 * 10 * 100 * 5);
  }

  @Test
  void drawsIndependentlyInNeighbouringEpochsAndIndices() {
    double epochs = 0;
    double indices = 0;
    for (int id = 0; id < IMAGES; id++) {
      long state = Draw.state(1, 0, id);
      double value = Draw.symmetric(state, Draw.WIDTH_SHIFT, 1);
      epochs += value * Draw.symmetric(Draw.state(1, 1, id), Draw.WIDTH_SHIFT, 1);
      indices += value * Draw.symmetric(state, Draw.HEIGHT_SHIFT, 1);
    }
    assertThat(epochs / IMAGES).as("covariance").isCloseTo(0, within(0.005));
    assertThat(indices / IMAGES).as("covariance").isCloseTo(0, within(0.005));
  }

  /** A change here changes what every seed means. */
  @Test
  void neverChangesWhatASeedMeans() {
    assertThat(Draw.uniform(Draw.state(42, 3, 59_999), Draw.ROTATION))
        .isEqualTo(0.7748441631823118);
  }
}
