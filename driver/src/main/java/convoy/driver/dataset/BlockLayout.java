package convoy.driver.dataset;

import java.io.Serializable;

/**
 * Which image goes to which place of which block, and which block to which partition: a pure
 * function of the image's id, so that a lost partition is made again with the same bytes in the
 * same places.
 */
sealed interface BlockLayout extends Serializable {
  /** The first id that is in. */
  long from();

  /** The first id that is not in any more. */
  long to();

  /** Number of partitions. */
  int partitions();

  /** Number of blocks; they are numbered from 0. */
  int blocks();

  /** The block of an image. */
  int block(long id);

  /** The place of an image in its block. */
  int place(long id);

  /** The id at a place of a block. */
  long id(int block, int place);

  /** Images in a block. */
  int size(int block);

  /** The partition that holds a block. */
  int partition(int block);

  /**
   * Training images, dealt to workers like cards: image {@code i} goes to worker {@code i mod
   * workers}. So shards differ by one image at most, and a set sorted by class deals every class to
   * every worker.
   *
   * @param images ids from 0 to below this are in
   * @param blockSize most images of one block
   */
  record Shards(long images, int workers, int blockSize) implements BlockLayout {
    @Override
    public long from() {
      return 0;
    }

    @Override
    public long to() {
      return images;
    }

    @Override
    public int partitions() {
      return workers;
    }

    @Override
    public int blocks() {
      long longest = (images + workers - 1) / workers;
      return Math.toIntExact((longest + blockSize - 1) / blockSize * workers);
    }

    @Override
    public int block(long id) {
      return Math.toIntExact(id / workers / blockSize * workers + id % workers);
    }

    @Override
    public int place(long id) {
      return (int) (id / workers % blockSize);
    }

    @Override
    public long id(int block, int place) {
      return ((long) (block / workers) * blockSize + place) * workers + block % workers;
    }

    @Override
    public int size(int block) {
      int worker = block % workers;
      long shard = images / workers + (worker < images % workers ? 1 : 0);
      long before = (long) (block / workers) * blockSize;
      return (int) Math.max(0, Math.min(blockSize, shard - before));
    }

    @Override
    public int partition(int block) {
      return block % workers;
    }
  }

  /**
   * Evaluation batches: image {@code from + i} is in batch {@code i / batchSize}, whatever the
   * number of executors; the last batch takes the remainder. Neighbouring batches share a
   * partition.
   */
  record Batches(long from, long to, int batchSize, int partitions) implements BlockLayout {
    @Override
    public int blocks() {
      return Math.toIntExact((to - from + batchSize - 1) / batchSize);
    }

    @Override
    public int block(long id) {
      return Math.toIntExact((id - from) / batchSize);
    }

    @Override
    public int place(long id) {
      return (int) ((id - from) % batchSize);
    }

    @Override
    public long id(int block, int place) {
      return from + (long) block * batchSize + place;
    }

    @Override
    public int size(int block) {
      return (int) Math.min(batchSize, to - id(block, 0));
    }

    @Override
    public int partition(int block) {
      return (int) ((long) block * partitions / blocks());
    }
  }
}
