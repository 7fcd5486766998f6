package convoy.driver.train;

import convoy.data.augment.Augmenter;
import convoy.driver.dataset.ImageBlock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The images of one worker: blocks of one size, of which the last may be shorter, as one list. */
final class Shard {
  private final List<ImageBlock> blocks;
  private final int blockSize;
  private final int size;

  private Shard(List<ImageBlock> blocks) {
    this.blocks = blocks;
    blockSize = blocks.isEmpty() ? 1 : blocks.get(0).size();
    size = blocks.stream().mapToInt(ImageBlock::size).reduce(0, Math::addExact);
  }

  static Shard of(Iterator<ImageBlock> blocks) {
    List<ImageBlock> list = new ArrayList<>();
    blocks.forEachRemaining(list::add);
    return new Shard(list);
  }

  int size() {
    return size;
  }

  /** Writes an image into a minibatch, augmented for the epoch, and returns its label. */
  int write(int index, Augmenter augmenter, int epoch, float[] batch, int to) {
    ImageBlock block = blocks.get(index / blockSize);
    int place = index % blockSize;
    int bytes = block.pixels().length / block.size();
    augmenter.write(block.pixels(), place * bytes, block.id(place), epoch, batch, to);
    return block.label(place);
  }
}
