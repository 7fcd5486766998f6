package convoy.data.format;

import convoy.data.ImageSet;
import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One file of CIFAR-10's binary format: records of a label byte and 3,072 pixels, in planes of red,
 * green and blue, as described at www.cs.toronto.edu/~kriz/cifar.html.
 */
final class CifarBatch {
  static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** No list of ten names is longer, in bytes. */
  static final int LONGEST_META = 4096;

  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
  private static final int RECORD = 1 + 3 * 32 * 32;

  private final byte[] records;

  private CifarBatch(byte[] records) {
    this.records = records;
  }

  private int count() {
    return records.length / RECORD;
  }

  /**
   * Reads one file, once its length is known to fit the format.
   *
   * @param file what to call it in messages
   * @param length its bytes, as its folder or archive claims
   */
  static CifarBatch read(String file, long length, Bytes in) throws IOException {
    if (length == 0) {
      throw new InvalidDataException(file + ": the file is empty. Fetch it again.");
    }
    if (length % RECORD != 0 || length > Content.LARGEST_ARRAY) {
      throw new InvalidDataException(
          ("%s: expected a multiple of %d bytes, one label and 32x32x3 pixels an image, found %d."
                  + " Fetch the file again.")
              .formatted(file, RECORD, length));
    }
    byte[] records = in.read((int) length);
    if (records.length != length) {
      throw new InvalidDataException(
          "%s: expected %d bytes, found %d. The file is cut off: fetch it again."
              .formatted(file, length, records.length));
    }
    for (int i = 0; i < length / RECORD; i++) {
      int label = records[i * RECORD] & 0xff;
      if (label >= CLASSES.size()) {
        throw new InvalidDataException(
            ("%s: image %d has label %d, expected 0 to %d. The file is damaged or in another"
                    + " format: fetch it again.")
                .formatted(file, i, label, CLASSES.size() - 1));
      }
    }
    return new CifarBatch(records);
  }

  /** The ten names of a {@code batches.meta.txt}, one a line. */
  static List<String> classes(String file, byte[] text) {
    List<String> names =
        new String(text, StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (names.size() != CLASSES.size()) {
      throw new InvalidDataException(
          "%s: expected %d class names, one a line, found %d. Fetch the file again, or remove it."
              .formatted(file, CLASSES.size(), names.size()));
    }
    return names;
  }

  /** The images of several files, in their order. */
  static ImageSet join(String name, List<CifarBatch> batches) {
    long images = batches.stream().mapToLong(CifarBatch::count).sum();
    if (images * SHAPE.pixels() > Content.LARGEST_ARRAY) {
      throw new InvalidDataException(
          "%s: expected at most %d images of %s, found %d. Split the set."
              .formatted(name, Content.LARGEST_ARRAY / SHAPE.pixels(), SHAPE, images));
    }
    byte[] pixels = new byte[(int) images * SHAPE.pixels()];
    int[] labels = new int[(int) images];
    int filled = 0;
    for (CifarBatch batch : batches) {
      for (int i = 0; i < batch.count(); i++) {
        labels[filled] = batch.records[i * RECORD];
        System.arraycopy(
            batch.records, i * RECORD + 1, pixels, filled * SHAPE.pixels(), SHAPE.pixels());
        filled++;
      }
    }
    return new ImageSet(SHAPE, pixels, labels);
  }

  /** Gives up to that many bytes: fewer only at the end. */
  @FunctionalInterface
  interface Bytes {
    byte[] read(int count) throws IOException;
  }
}
