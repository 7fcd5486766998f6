package convoy.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes a small set in MNIST's file format: four classes, each a bright square at its own place
 * over noise.
 */
final class ToyFiles {
  private static final int SIDE = 28;

  private ToyFiles() {}

  /** The four files of a set. */
  static Path idx(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    write(folder, "train", train, new Random(1));
    write(folder, "t10k", test, new Random(2));
    return folder;
  }

  private static void write(Path folder, String split, int count, Random random)
      throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
    ByteBuffer labels = ByteBuffer.allocate(8 + count);
    images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
    labels.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(4);
      labels.put((byte) label);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          boolean bright = y / 14 == label / 2 && x / 14 == label % 2 && y % 14 < 8 && x % 14 < 8;
          images.put((byte) (random.nextInt(100) + (bright ? 150 : 0)));
        }
      }
    }
    Files.write(folder.resolve(split + "-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve(split + "-labels-idx1-ubyte"), labels.array());
  }
}
