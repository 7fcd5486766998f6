package convoy.driver.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.dataset.BlockLayout.Batches;
import convoy.driver.dataset.BlockLayout.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockLayoutTest {
  @ParameterizedTest
  @CsvSource({"100,1,7", "100,2,100", "101,3,10", "7,5,2", "3,5,4", "1,1,1", "64,4,16"})
  void givesEveryImageOnePlaceOfItsOwnInTheShards(long images, int workers, int blockSize) {
    assertEveryImageHasOnePlace(new Shards(images, workers, blockSize), 0, images);
  }

  @ParameterizedTest
  @CsvSource({"0,10000,1000,2", "50,173,10,3", "5,6,1000,2", "0,999,1000,4", "0,1001,1000,2"})
  void givesEveryImageOnePlaceOfItsOwnInTheBatches(
      long from, long to, int batchSize, int partitions) {
    assertEveryImageHasOnePlace(new Batches(from, to, batchSize, partitions), from, to);
  }

  @Test
  void dealsShardsThatDifferByOneImageAtMost() {
    Shards shards = new Shards(101, 3, 10);
    long[] sizes = new long[3];
    for (int block = 0; block < shards.blocks(); block++) {
      sizes[shards.partition(block)] += shards.size(block);
    }
    assertThat(sizes).containsExactly(34, 34, 33);
  }

  @Test
  void leavesTheRemainderToTheLastBatch() {
    Batches batches = new Batches(0, 2_500, 1_000, 2);
    assertThat(batches.blocks()).isEqualTo(3);
    assertThat(List.of(batches.size(0), batches.size(1), batches.size(2)))
        .containsExactly(1_000, 1_000, 500);
  }

  private static void assertEveryImageHasOnePlace(BlockLayout layout, long from, long to) {
    List<Long> ids = new ArrayList<>();
    for (int block = 0; block < layout.blocks(); block++) {
      assertThat(layout.partition(block)).isBetween(0, layout.partitions() - 1);
      for (int place = 0; place < layout.size(block); place++) {
        long id = layout.id(block, place);
        assertThat(layout.block(id)).isEqualTo(block);
        assertThat(layout.place(id)).isEqualTo(place);
        ids.add(id);
      }
    }
    assertThat(ids)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(from, to).boxed().toList());
  }
}
