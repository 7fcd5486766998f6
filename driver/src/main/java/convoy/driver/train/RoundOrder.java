package convoy.driver.train;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Which images of a shard a worker uses in one round, in which order.
 *
 * <p>An epoch puts the shard in an order that follows from (seed, epoch, worker) and cuts it into
 * minibatches; the last one takes what is left. A round is a run of minibatches that does not go
 * beyond the epoch.
 *
 * @param epoch from 0
 * @param firstMinibatch of the epoch, from 0, that belongs to the round
 * @param minibatches most that the worker fits in the round
 */
public record RoundOrder(long seed, int epoch, int firstMinibatch, int minibatches, int batchSize)
    implements Serializable {
  /** Minibatches of a shard in one epoch. */
  static int minibatches(long shardSize, int batchSize) {
    return Math.toIntExact((shardSize + batchSize - 1) / batchSize);
  }

  /**
   * Indices into the worker's shard, in the order of use; a minibatch is the next {@code batchSize}
   * of them.
   */
  public int[] images(int worker, int shardSize) {
    int from =
        Math.min((int) Math.min((long) firstMinibatch * batchSize, Integer.MAX_VALUE), shardSize);
    int to = (int) Math.min((long) from + (long) minibatches * batchSize, shardSize);
    int[] order = shuffled(shardSize, Seeds.of(seed, epoch, worker));
    return java.util.Arrays.copyOfRange(order, from, to);
  }

  /** Fisher and Yates' shuffle. */
  private static int[] shuffled(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
