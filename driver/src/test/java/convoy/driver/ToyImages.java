package convoy.driver;

import convoy.data.ImageSet;
import convoy.data.ImageShape;
import convoy.data.RawDataset;
import convoy.data.RawDataset.SourceFile;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * Small sets that a network learns within seconds: each class has a bright square at its own place,
 * over noise. The first four pixels spell the image's number, so that a test can tell images apart
 * wherever it meets them.
 */
public final class ToyImages {
  /** Classes of every toy set. */
  public static final int CLASSES = 4;

  private ToyImages() {}

  /** A set of that many images of 28x28x1. */
  public static RawDataset digits(int train, int test) {
    return of(new ImageShape(1, 28, 28), train, test);
  }

  /** Such a set, prepared in a folder of this machine. */
  public static PreparedDataset preparedDigits(Path folder, int train, int test)
      throws IOException {
    return prepared(digits(train, test), folder.resolve("set"));
  }

  /** A set, prepared in a folder that is not there yet, or as it was prepared there before. */
  public static PreparedDataset prepared(RawDataset set, Path folder) throws IOException {
    Files files = new Files(new Configuration());
    return java.nio.file.Files.exists(folder)
        ? PreparedDataset.open(files, files.resolve(folder.toString()))
        : new DatasetWriter(LocalSpark.session(), files)
            .write(set, files.resolve(folder.toString()));
  }

  /** Images of 28x28x1 without a pattern, dark ones and bright ones in turn. */
  public static RawDataset striped(int train) {
    RawDataset set = digits(train, 1);
    int size = set.train().shape().pixels();
    for (int p = 0; p < set.train().pixels().length; p++) {
      set.train().pixels()[p] = (byte) (p / size % 2 == 0 ? p % 60 : 150 + p % 90);
    }
    return set;
  }

  /** A set of that many images. */
  public static RawDataset of(ImageShape shape, int train, int test) {
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(c -> "class-" + c).toList();
    return new RawDataset(
        "toy",
        classes,
        images(shape, train, 1),
        images(shape, test, 2),
        List.of(new SourceFile("toy.bin", "00")));
  }

  private static ImageSet images(ImageShape shape, int count, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[count * shape.pixels()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES);
      draw(shape, labels[i], random, pixels, i * shape.pixels());
      number(i, pixels, i * shape.pixels());
    }
    return new ImageSet(shape, pixels, labels);
  }

  private static void draw(ImageShape shape, int label, Random random, byte[] pixels, int from) {
    int side = shape.height() / 4;
    int top = shape.height() / 8 + label / 2 * shape.height() / 2;
    int left = shape.width() / 8 + label % 2 * shape.width() / 2;
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          boolean bright = y >= top && y < top + side && x >= left && x < left + side;
          int value = random.nextInt(100) + (bright ? 150 : 0);
          pixels[from + (c * shape.height() + y) * shape.width() + x] = (byte) value;
        }
      }
    }
  }

  private static void number(int number, byte[] pixels, int from) {
    for (int digit = 0; digit < 4; digit++) {
      pixels[from + digit] = (byte) (number >> (8 * digit));
    }
  }

  /** The number of an image in a minibatch of floats. */
  public static int numberOf(float[] batch, int from) {
    int number = 0;
    for (int digit = 0; digit < 4; digit++) {
      number |= Math.round(batch[from + digit] * 255) << (8 * digit);
    }
    return number;
  }
}
