package convoy.driver.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoundOrderTest {
  @ParameterizedTest
  @CsvSource({
    "1000,128,10",
    "1000,128,1",
    "1000,7,3",
    "5,128,10",
    "1,1,1",
    "128,128,4",
    "129,128,100"
  })
  void usesEveryImageOfTheShardOnceAnEpoch(int shardSize, int batchSize, int minibatches) {
    List<Integer> used = new ArrayList<>();
    int all = RoundOrder.minibatches(shardSize, batchSize);
    for (int first = 0; first < all; first += minibatches) {
      RoundOrder order = new RoundOrder(1, 3, first, minibatches, batchSize);
      IntStream.of(order.images(0, shardSize)).forEach(used::add);
    }
    assertThat(used)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, shardSize).boxed().toList());
  }

  @Test
  void givesAWorkerNothingWhoseShardEndedBefore() {
    assertThat(new RoundOrder(1, 0, 8, 2, 128).images(1, 1_000)).isEmpty();
  }

  @Test
  void countsTheShortMinibatch() {
    assertThat(RoundOrder.minibatches(1_000, 128)).isEqualTo(8);
    assertThat(new RoundOrder(1, 0, 7, 1, 128).images(0, 1_000)).hasSize(1_000 - 7 * 128);
  }

  @Test
  void ordersAnotherEpochAnotherWorkerAndAnotherSeedDifferently() {
    int[] order = new RoundOrder(1, 0, 0, 10, 100).images(0, 1_000);
    assertThat(new RoundOrder(1, 0, 0, 10, 100).images(0, 1_000)).isEqualTo(order);
    assertThat(new RoundOrder(1, 1, 0, 10, 100).images(0, 1_000)).isNotEqualTo(order);
    assertThat(new RoundOrder(1, 0, 0, 10, 100).images(1, 1_000)).isNotEqualTo(order);
    assertThat(new RoundOrder(2, 0, 0, 10, 100).images(0, 1_000)).isNotEqualTo(order);
  }
}
