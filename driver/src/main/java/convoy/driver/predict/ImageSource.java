package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.format.IdxHeader;
import convoy.data.format.ImageFile;
import convoy.driver.CommandLineException;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.Files;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where images to be labelled are. Driver only; not serialisable. */
public sealed interface ImageSource permits PreparedSource, IdxSource, PictureSource {
  /** There are no more parts than about this, however many images. */
  int MOST_PARTS = 2_000;

  /**
   * Finds out what lies at a path.
   *
   * @throws CommandLineException if that is nothing, or no images
   */
  static ImageSource at(Files files, Path path) throws IOException {
    FileSystem system = PictureFolder.system(path, files.hadoop());
    FileStatus status;
    try {
      status = system.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new CommandLineException(
          "--images %s: nothing is there. Name a prepared set, a folder of PNG or JPEG files, or a file."
              .formatted(path),
          e);
    }
    if (status.isDirectory()) {
      return PreparedDataset.isAt(files, path)
          ? new PreparedSource(PreparedDataset.open(files, path))
          : new PictureSource(path);
    }
    byte[] start = start(system, path);
    if (ImageFile.startsAsOne(start)) {
      return new PictureSource(path);
    }
    if (IdxHeader.startsAsOne(start)) {
      return new IdxSource(status, IdxHeader.of(path.toString(), start), IdxSource.Form.PLAIN);
    }
    byte[] unpacked = isGzip(start) ? unpackedStart(system, path) : start;
    if (IdxHeader.startsAsOne(unpacked)) {
      return new IdxSource(status, IdxHeader.of(path.toString(), unpacked), IdxSource.Form.GZIP);
    }
    throw new CommandLineException(
        "--images %s: neither a PNG or JPEG file nor IDX images, plain or gzip-compressed. Name one of these, a folder of PNG or JPEG files, or a prepared set."
            .formatted(path));
  }

  private static byte[] start(FileSystem system, Path file) throws IOException {
    try (InputStream in = system.open(file)) {
      return in.readNBytes(IdxHeader.LENGTH);
    }
  }

  private static boolean isGzip(byte[] start) {
    return start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b;
  }

  private static byte[] unpackedStart(FileSystem system, Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(system.open(file))) {
      return in.readNBytes(IdxHeader.LENGTH);
    } catch (ZipException | EOFException e) {
      throw new InvalidDataException(file + ": the gzip data is damaged. Fetch it again.", e);
    }
  }

  /** What it is, in a word. */
  String kind();

  /**
   * Refuses images that a network cannot be shown.
   *
   * @param shape what it was trained on
   * @throws CommandLineException if these are others
   */
  void check(ImageShape shape);

  /**
   * Counts the images, and writes down what tasks will need to find theirs.
   *
   * @param place a folder where names that start with {@code _images.} are its own until the job is
   *     done
   * @throws CommandLineException if there are none
   */
  Inventory count(Files files, Path place) throws IOException;

  /**
   * Deals the images to tasks: the same ones to the same parts whenever it is asked.
   *
   * @param place as {@link #count} had it
   * @param inventory what {@link #count} found, in this process or in an earlier one
   * @param imagesPerPart a hint: what lies in blocks stays together
   * @throws InvalidDataException if the images are not what they were
   */
  List<ImagePart> parts(Files files, Path place, Inventory inventory, long imagesPerPart)
      throws IOException;

  /** Whole batches; as few as leave no more than {@link #MOST_PARTS} parts. */
  static long imagesPerPart(long count, int batchSize) {
    long most = (long) MOST_PARTS * batchSize;
    return batchSize * Math.max(1, (count + most - 1) / most);
  }

  /** The message that a network is shown images of its own shape alone. */
  static CommandLineException otherShape(Path path, ImageShape found, ImageShape shape) {
    return new CommandLineException(
        "--images %s: images are %s, but the run was trained on %s. Name images of that shape."
            .formatted(path, found, shape));
  }

  /** That the images changed while a job waited to go on. */
  static InvalidDataException changed(Path path, Inventory before, String now) {
    return new InvalidDataException(
        "%s: the images are not those that the job began with (%s then, %s now). Begin it again at another --out."
            .formatted(path, before.fingerprint(), now));
  }

  /**
   * Which images there are.
   *
   * @param count at least 1
   * @param fingerprint tells them from others, as far as that can be had without reading them
   */
  record Inventory(long count, String fingerprint) {}
}
