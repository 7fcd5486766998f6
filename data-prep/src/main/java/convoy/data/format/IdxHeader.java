package convoy.data.format;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.nio.ByteBuffer;

/**
 * The head of an IDX file of images, whose pixels, unsigned bytes [image, row, column], follow it
 * to the file's end.
 *
 * @param count images, at least 1
 * @param shape of each, with one channel
 */
public record IdxHeader(int count, ImageShape shape) {
  /** Its bytes: where the pixels start. */
  public static final int LENGTH = 16;

  private static final int IMAGES_MAGIC = 0x803;

  /** Whether a file that starts so holds IDX images. */
  public static boolean startsAsOne(byte[] start) {
    return start.length >= 4 && ByteBuffer.wrap(start).getInt() == IMAGES_MAGIC;
  }

  /**
   * Reads one; whether the file is as long as it says is left to be asked.
   *
   * @param name of the file, to begin an error message with
   * @param start the file's first {@link #LENGTH} bytes, fewer only where the file has no more
   * @throws InvalidDataException if it is not what images begin with
   */
  public static IdxHeader of(String name, byte[] start) {
    int[] sizes = sizes(name, start, IMAGES_MAGIC, "images", 3);
    return new IdxHeader(sizes[0], shape(name, sizes[1], sizes[2]));
  }

  /** The bytes of the whole file. */
  public long fileLength() {
    return LENGTH + (long) count * shape.pixels();
  }

  /** The sizes in the head of any IDX file of bytes, the count first. */
  static int[] sizes(String name, byte[] start, int magic, String kind, int sizeCount) {
    int length = 4 + 4 * sizeCount;
    if (start.length < length) {
      throw new InvalidDataException(
          "%s: expected an IDX header of %d bytes, found a file of %d. Fetch it again."
              .formatted(name, length, start.length));
    }
    ByteBuffer header = ByteBuffer.wrap(start);
    int found = header.getInt();
    if (found != magic) {
      throw new InvalidDataException(
          ("%s: expected magic number 0x%08x (IDX %s), found 0x%08x. Check that the file is what"
                  + " its name says.")
              .formatted(name, magic, kind, found));
    }
    int[] sizes = new int[sizeCount];
    header.asIntBuffer().get(sizes);
    if (sizes[0] < 1) {
      throw new InvalidDataException(
          "%s: expected at least one of its %s, found a count of %d. Fetch it again."
              .formatted(name, kind, Integer.toUnsignedLong(sizes[0])));
    }
    return sizes;
  }

  private static ImageShape shape(String name, int height, int width) {
    try {
      return new ImageShape(1, height, width);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(
          "%s: found images of %dx%d; %s. The header is damaged: fetch the file again."
              .formatted(
                  name,
                  Integer.toUnsignedLong(height),
                  Integer.toUnsignedLong(width),
                  e.getMessage()),
          e);
    }
  }
}
