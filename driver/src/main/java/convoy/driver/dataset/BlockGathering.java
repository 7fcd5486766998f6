package convoy.driver.dataset;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Gathers the rows of a prepared split into the blocks of a layout.
 *
 * <p>Rows are packed into pieces where they are read, the pieces go to the block's partition in the
 * one shuffle of a run, and there each image is put at its own place. So a block's bytes do not
 * depend on how the files were split or in which order pieces arrive, and an image that is missing
 * or there twice is noticed.
 *
 * @param split what is read, to begin an error message with
 */
record BlockGathering(String split, BlockLayout layout, ImageShape shape, int classes)
    implements Serializable {
  /**
   * Pieces of about this many bytes of pixels keep a task's memory small and a shuffle record worth
   * its overhead.
   */
  private static final int PIECE_BYTES = 1 << 20;

  /** The blocks, in the order of their numbers within each partition. */
  JavaRDD<ImageBlock> gather(JavaRDD<PartFile> files) {
    BlockGathering gathering = this;
    return files
        .mapPartitionsToPair(gathering::pieces)
        .partitionBy(new ByBlock(layout))
        .mapPartitionsWithIndex(
            (partition, pieces) -> gathering.blocks(partition, pieces).iterator(), true);
  }

  private Iterator<Tuple2<Integer, ImageBlock>> pieces(Iterator<PartFile> files) {
    int most = Math.max(1, PIECE_BYTES / shape.pixels());
    Map<Integer, Piece> open = new TreeMap<>();
    List<Tuple2<Integer, ImageBlock>> full = new ArrayList<>();
    PartFile.Rows rows =
        (id, label, image) -> {
          if (id < layout.from() || id >= layout.to()) {
            return;
          }
          int block = layout.block(id);
          Piece piece =
              open.computeIfAbsent(block, b -> new Piece(Math.min(most, layout.size(b)), shape));
          piece.add(id, checkedLabel(id, label), checkedImage(id, image));
          if (piece.full()) {
            full.add(new Tuple2<>(block, piece.close()));
            open.remove(block);
          }
        };
    files.forEachRemaining(file -> file.read(rows));
    open.forEach((block, piece) -> full.add(new Tuple2<>(block, piece.close())));
    return full.iterator();
  }

  private int checkedLabel(long id, int label) {
    if (label < 0 || label >= classes) {
      throw new InvalidDataException(
          "%s: image %d has label %d, but the set has %d classes. Delete the set and prepare it again."
              .formatted(split, id, label, classes));
    }
    return label;
  }

  private byte[] checkedImage(long id, byte[] image) {
    if (image.length != shape.pixels()) {
      throw new InvalidDataException(
          "%s: image %d has %d bytes, expected %d for %s. Delete the set and prepare it again."
              .formatted(split, id, image.length, shape.pixels(), shape));
    }
    return image;
  }

  private List<ImageBlock> blocks(int partition, Iterator<Tuple2<Integer, ImageBlock>> pieces) {
    Map<Integer, ImageBlock> blocks = new HashMap<>();
    Map<Integer, Integer> filled = new HashMap<>();
    while (pieces.hasNext()) {
      Tuple2<Integer, ImageBlock> next = pieces.next();
      int number = next._1();
      ImageBlock piece = next._2();
      ImageBlock block =
          blocks.computeIfAbsent(number, b -> ImageBlock.unfilled(layout.size(b), shape));
      for (int i = 0; i < piece.size(); i++) {
        int place = layout.place(piece.id(i));
        if (block.id(place) != ImageBlock.NO_ID) {
          throw new InvalidDataException(
              "%s: image %d is there twice. Delete the set and prepare it again."
                  .formatted(split, piece.id(i)));
        }
        block.put(place, piece, i, shape.pixels());
      }
      filled.merge(number, piece.size(), Integer::sum);
    }
    return inOrder(partition, blocks, filled);
  }

  private List<ImageBlock> inOrder(
      int partition, Map<Integer, ImageBlock> blocks, Map<Integer, Integer> filled) {
    List<ImageBlock> ordered = new ArrayList<>();
    for (int number = 0; number < layout.blocks(); number++) {
      if (layout.partition(number) != partition || layout.size(number) == 0) {
        continue;
      }
      int found = filled.getOrDefault(number, 0);
      if (found != layout.size(number)) {
        throw new InvalidDataException(
            "%s: of the %d images from id %d on that belong together, %d were found. A part file is missing: delete the set and prepare it again."
                .formatted(split, layout.size(number), layout.id(number, 0), found));
      }
      ordered.add(blocks.get(number));
    }
    return ordered;
  }

  /** Images of one block on their way to its partition. */
  private static final class Piece {
    private final ImageBlock images;
    private int size;

    Piece(int capacity, ImageShape shape) {
      images = ImageBlock.unfilled(capacity, shape);
    }

    void add(long id, int label, byte[] image) {
      images.set(size++, id, label, image);
    }

    boolean full() {
      return size == images.size();
    }

    ImageBlock close() {
      return images.first(size);
    }
  }

  private static final class ByBlock extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final BlockLayout layout;

    ByBlock(BlockLayout layout) {
      this.layout = layout;
    }

    @Override
    public int numPartitions() {
      return layout.partitions();
    }

    @Override
    public int getPartition(Object block) {
      return layout.partition((Integer) block);
    }
  }
}
