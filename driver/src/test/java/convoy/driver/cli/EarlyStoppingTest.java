package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.cli.EarlyStopping.Measure;
import convoy.driver.cli.EarlyStopping.Watch;
import org.junit.jupiter.api.Test;

final class EarlyStoppingTest {
  @Test
  void waitsForABetterEpochAsLongAsPatienceLasts() {
    Watch watch = new Watch(new EarlyStopping(Measure.ACCURACY, 2));
    assertThat(watch.hasEnough()).isFalse();
    assertThat(watch.note(epoch(1, 0.5, 0.90))).isTrue();
    assertThat(watch.note(epoch(2, 0.4, 0.89))).isFalse();
    assertThat(watch.hasEnough()).isFalse();
    assertThat(watch.note(epoch(3, 0.6, 0.91))).isTrue();
    assertThat(watch.note(epoch(4, 0.1, 0.91))).isFalse();
    assertThat(watch.hasEnough()).isFalse();
    assertThat(watch.note(epoch(5, 0.1, 0.80))).isFalse();
    assertThat(watch.hasEnough()).isTrue();
    assertThat(watch.described())
        .isEqualTo("best epoch 3 of 5, valid acc 0.9100, kept in best.zip");
  }

  @Test
  void judgesByLossWhereThatIsAskedFor() {
    Watch watch = new Watch(new EarlyStopping(Measure.LOSS, 1));
    assertThat(watch.note(epoch(1, 0.5, 0.90))).isTrue();
    assertThat(watch.note(epoch(2, 0.4, 0.10))).isTrue();
    assertThat(watch.note(epoch(3, 0.4, 0.99))).isFalse();
    assertThat(watch.hasEnough()).isTrue();
  }

  private static EpochMetrics epoch(int number, double loss, double accuracy) {
    return new EpochMetrics(1, number, 0, 0, 0, 0, 0, loss, accuracy, 0, 0, 0, 0, 0, 0);
  }
}
