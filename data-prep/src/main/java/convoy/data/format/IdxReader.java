package convoy.data.format;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.io.IOException;

/**
 * One IDX file of unsigned bytes: a big-endian magic number, a count and sizes, then the values, as
 * described at yann.lecun.com/exdb/mnist.
 */
final class IdxReader {
  private static final int LABELS_MAGIC = 0x801;

  private final RawFile file;
  private final Content content;

  private IdxReader(RawFile file, Content content) {
    this.file = file;
    this.content = content;
  }

  /** Images of one channel. */
  static Images images(RawFile file) throws IOException {
    try (Content content = Content.open(file)) {
      IdxReader reader = new IdxReader(file, content);
      IdxHeader header = IdxHeader.of(file.name(), content.read(IdxHeader.LENGTH));
      ImageShape shape = header.shape();
      byte[] pixels =
          reader.values(
              IdxHeader.LENGTH,
              header.count(),
              shape.pixels(),
              "images of " + shape.height() + "x" + shape.width());
      return new Images(shape, pixels, content.sha256());
    }
  }

  /** Labels, 0 to 255. */
  static Labels labels(RawFile file) throws IOException {
    try (Content content = Content.open(file)) {
      IdxReader reader = new IdxReader(file, content);
      int[] sizes = IdxHeader.sizes(file.name(), content.read(8), LABELS_MAGIC, "labels", 1);
      byte[] values = reader.values(8, sizes[0], 1, "labels");
      int[] labels = new int[values.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = values[i] & 0xff;
      }
      return new Labels(labels, content.sha256());
    }
  }

  private byte[] values(int header, int count, int each, String what) throws IOException {
    long expected = header + (long) count * each;
    if (expected - header > Content.LARGEST_ARRAY) {
      throw new InvalidDataException(
          "%s: expected at most %d bytes, found a header of %d %s. Split the set, or fetch it again."
              .formatted(file.name(), Content.LARGEST_ARRAY, count, what));
    }
    if (!content.hasLength(expected)) {
      throw wrongLength(expected, count, what, Long.toString(file.length()));
    }
    if (!content.canHold(expected)) {
      throw wrongLength(
          expected, count, what, "gzip of " + file.length() + ", which cannot hold that");
    }
    byte[] values = content.read((int) (expected - header));
    long found = header + values.length + content.skipRest();
    if (found != expected) {
      throw wrongLength(expected, count, what, Long.toString(found));
    }
    return values;
  }

  private InvalidDataException wrongLength(long expected, int count, String what, String found) {
    return new InvalidDataException(
        "%s: expected %d bytes for %d %s, found %s. The file is cut off or damaged: fetch it again."
            .formatted(file.name(), expected, count, what, found));
  }

  /** What an image file holds; hands out its array. */
  static final class Images {
    final ImageShape shape;
    final byte[] pixels;
    final String sha256;

    private Images(ImageShape shape, byte[] pixels, String sha256) {
      this.shape = shape;
      this.pixels = pixels;
      this.sha256 = sha256;
    }

    int count() {
      return pixels.length / shape.pixels();
    }
  }

  /** What a label file holds; hands out its array. */
  static final class Labels {
    final int[] labels;
    final String sha256;

    private Labels(int[] labels, String sha256) {
      this.labels = labels;
      this.sha256 = sha256;
    }
  }
}
