package convoy.driver.slot;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * A Spark job of one task a partition, nothing shuffled: {@code mapPartitionsWithIndex} and {@code
 * collect} in one.
 *
 * <p>Those two hand Spark lambdas, and for each lambda of each job Spark reads the classes around
 * it from their jars again to see what it captures, which takes several milliseconds of the
 * driver's time. Objects of classes with a name it takes as they are.
 */
public final class PartitionJob {
  private PartitionJob() {}

  /** What is done with a partition, on an executor. */
  @FunctionalInterface
  public interface Work<T, R> extends Serializable {
    /** Gets the partition's number, from 0, and what lies in it. */
    R run(int partition, Iterator<T> contents);
  }

  /** The results of all partitions, in their order. */
  public static <T, R> List<R> run(JavaRDD<T> rdd, Class<R> type, Work<T, R> work) {
    ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
    Object[] results = (Object[]) rdd.context().runJob(rdd.rdd(), new Task<>(work), tag);
    return Arrays.stream(results).map(type::cast).toList();
  }

  /**
   * Hands each partition's result on as it arrives, in no particular order and one at a time, so
   * that the driver need not hold them all.
   */
  public static <T, R> void each(
      JavaRDD<T> rdd, Class<R> type, Work<T, R> work, Consumer<R> taker) {
    ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
    List<Object> partitions =
        IntStream.range(0, rdd.getNumPartitions()).<Object>mapToObj(i -> i).toList();
    rdd.context()
        .runJob(
            rdd.rdd(),
            new Task<>(work),
            JavaConverters.asScalaBuffer(partitions),
            new Taker<>(taker),
            tag);
  }

  /** Stays on the driver. */
  private static final class Taker<R> extends AbstractFunction2<Object, R, BoxedUnit> {
    private final Consumer<R> taker;

    Taker(Consumer<R> taker) {
      this.taker = taker;
    }

    @Override
    public BoxedUnit apply(Object partition, R result) {
      taker.accept(result);
      return BoxedUnit.UNIT;
    }
  }

  private static final class Task<T, R>
      extends AbstractFunction2<TaskContext, scala.collection.Iterator<T>, R>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Work<T, R> work;

    Task(Work<T, R> work) {
      this.work = work;
    }

    @Override
    public R apply(TaskContext task, scala.collection.Iterator<T> contents) {
      return work.run(task.partitionId(), JavaConverters.asJavaIterator(contents));
    }
  }
}
