package convoy.driver.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.storage.StorageLevel;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * A user's RDD, spread once over as many partitions as workers and kept there. Elements are dealt
 * like cards, so that shards hold as many of them, but for one.
 *
 * @param examples one partition a worker, in the order of the RDD
 * @param sizes examples of each worker
 */
record ExampleShards(JavaRDD<PackedExamples> examples, List<Long> sizes) {
  /** What the elements of an RDD hold, numbered in its order. */
  static <T> JavaPairRDD<Long, PackedExamples> numbered(
      JavaRDD<T> elements, Function<T, MultiDataSet> read) {
    return elements
        .zipWithIndex()
        .mapToPair(
            element -> new Tuple2<>(element._2(), PackedExamples.of(read.call(element._1()))));
  }

  static ExampleShards of(JavaPairRDD<Long, PackedExamples> numbered, int workers) {
    JavaRDD<PackedExamples> examples =
        numbered
            .partitionBy(new Dealer(workers))
            .mapPartitions(ExampleShards::inOrder, true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<Long> sizes =
        examples
            .mapPartitions(
                shard -> {
                  long size = 0;
                  while (shard.hasNext()) {
                    size += shard.next().size();
                  }
                  return List.of(size).iterator();
                })
            .collect();
    return new ExampleShards(examples, sizes);
  }

  long total() {
    return sizes.stream().mapToLong(size -> size).sum();
  }

  long longest() {
    return sizes.stream().mapToLong(size -> size).max().orElse(0);
  }

  /** Whatever order a shuffle brought them in. */
  private static Iterator<PackedExamples> inOrder(Iterator<Tuple2<Long, PackedExamples>> numbered) {
    List<Tuple2<Long, PackedExamples>> shard = new ArrayList<>();
    numbered.forEachRemaining(shard::add);
    shard.sort(Comparator.comparing(Tuple2::_1));
    return shard.stream().map(Tuple2::_2).iterator();
  }

  private static final class Dealer extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int workers;

    Dealer(int workers) {
      this.workers = workers;
    }

    @Override
    public int numPartitions() {
      return workers;
    }

    @Override
    public int getPartition(Object number) {
      return (int) ((Long) number % workers);
    }
  }
}
