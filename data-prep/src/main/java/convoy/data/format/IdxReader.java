package convoy.data.format;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One IDX file of unsigned bytes: a big-endian magic number, a count and sizes, then the values, as
 * described at yann.lecun.com/exdb/mnist.
 */
final class IdxReader {
  private static final int IMAGES_MAGIC = 0x803;
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
      int[] sizes = reader.header(IMAGES_MAGIC, "images", 3);
      ImageShape shape = reader.shape(sizes[1], sizes[2]);
      byte[] pixels =
          reader.values(16, sizes[0], shape.pixels(), "images of " + sizes[1] + "x" + sizes[2]);
      return new Images(shape, pixels, content.sha256());
    }
  }

  /** Labels, 0 to 255. */
  static Labels labels(RawFile file) throws IOException {
    try (Content content = Content.open(file)) {
      IdxReader reader = new IdxReader(file, content);
      int[] sizes = reader.header(LABELS_MAGIC, "labels", 1);
      byte[] values = reader.values(8, sizes[0], 1, "labels");
      int[] labels = new int[values.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = values[i] & 0xff;
      }
      return new Labels(labels, content.sha256());
    }
  }

  private int[] header(int magic, String kind, int sizeCount) throws IOException {
    int length = 4 + 4 * sizeCount;
    byte[] bytes = content.read(length);
    if (bytes.length < length) {
      throw new InvalidDataException(
          "%s: expected an IDX header of %d bytes, found a file of %d. Fetch it again."
              .formatted(file.name(), length, bytes.length));
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int found = header.getInt();
    if (found != magic) {
      throw new InvalidDataException(
          ("%s: expected magic number 0x%08x (IDX %s), found 0x%08x. Check that the file is what"
                  + " its name says.")
              .formatted(file.name(), magic, kind, found));
    }
    int[] sizes = new int[sizeCount];
    header.asIntBuffer().get(sizes);
    if (sizes[0] < 1) {
      throw new InvalidDataException(
          "%s: expected at least one of its %s, found a count of %d. Fetch it again."
              .formatted(file.name(), kind, Integer.toUnsignedLong(sizes[0])));
    }
    return sizes;
  }

  private ImageShape shape(int height, int width) {
    try {
      return new ImageShape(1, height, width);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(
          "%s: found images of %dx%d; %s. The header is damaged: fetch the file again."
              .formatted(
                  file.name(),
                  Integer.toUnsignedLong(height),
                  Integer.toUnsignedLong(width),
                  e.getMessage()),
          e);
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
