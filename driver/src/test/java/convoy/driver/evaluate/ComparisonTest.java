package convoy.driver.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  /** The first two are the examples of mlxtend's documentation; the others follow by hand. */
  @Test
  void testsAsMcNemarDoes() {
    assertThat(Comparison.mcnemar(11, 1)).isCloseTo(0.00635, within(1e-5));
    assertThat(Comparison.mcnemar(25, 15)).isCloseTo(0.15386, within(1e-5));
    assertThat(Comparison.mcnemar(1, 11)).isEqualTo(Comparison.mcnemar(11, 1));
    assertThat(Comparison.mcnemar(0, 0)).isEqualTo(1);
    assertThat(Comparison.mcnemar(5, 5)).isEqualTo(1);
    assertThat(Comparison.mcnemar(0, 3)).isCloseTo(0.25, within(1e-12));
    assertThat(Comparison.mcnemar(0, 100)).isCloseTo(0x1p-99, withinPercentage(1e-6));
  }

  /** Against images drawn one by one. */
  @Test
  void drawsAsABootstrapOverImagesDoes() {
    int lost = 30;
    int won = 70;
    int count = 2_000;
    Random random = new Random(3);
    double[] differences = new double[4_000];
    for (int i = 0; i < differences.length; i++) {
      int sum = 0;
      for (int image = 0; image < count; image++) {
        int drawn = random.nextInt(count);
        sum += drawn < won ? 1 : drawn < won + lost ? -1 : 0;
      }
      differences[i] = (double) sum / count;
    }
    Arrays.sort(differences);
    Evaluation.Interval found = Comparison.bootstrap(lost, won, count);
    assertThat(found.low()).isCloseTo(differences[100], within(0.001));
    assertThat(found.high()).isCloseTo(differences[3_899], within(0.001));
    assertThat(Comparison.bootstrap(0, 0, 100)).isEqualTo(new Evaluation.Interval(0, 0));
  }

  /** Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion" (2001), formula 4. */
  @Test
  void wilsonsIntervalIsSoundAtItsEnds() {
    Evaluation.Interval middle = Evaluation.Interval.wilson(50, 100);
    assertThat(middle.low()).isCloseTo(0.4038, within(1e-4));
    assertThat(middle.high()).isCloseTo(0.5962, within(1e-4));
    assertThat(Evaluation.Interval.wilson(10, 10).low()).isCloseTo(0.7225, within(1e-4));
    assertThat(Evaluation.Interval.wilson(10, 10).high()).isCloseTo(1, within(1e-12));
    assertThat(Evaluation.Interval.wilson(0, 10).low()).isCloseTo(0, within(1e-12));
  }
}
