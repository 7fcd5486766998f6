package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.format.ImageFile;
import convoy.data.format.Sha256;
import convoy.driver.CommandLineException;
import convoy.driver.store.Files;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * PNG and JPEG files: one, or all of a folder and those below it.
 *
 * <p>Which there are is written down once, as a line for each, and parts are stretches of that
 * list. So neither driver nor tasks hold all the names, and a job that goes on has the files that
 * it began with, whatever was added to the folder since.
 */
record PictureSource(Path root) implements ImageSource {
  private static final String LIST = "_images.txt";
  private static final int BUFFER = 1 << 16;

  @Override
  public String kind() {
    return "files";
  }

  @Override
  public void check(ImageShape shape) {
    if (!ImageFile.canHave(shape.channels())) {
      throw new CommandLineException(
          "--images %s: PNG and JPEG files give images of 1 or 3 channels, but the run was trained on %s. Name a prepared set of that shape."
              .formatted(root, shape));
    }
  }

  @Override
  public Inventory count(Files files, Path place) throws IOException {
    MessageDigest digest = Sha256.digest();
    long[] count = {0};
    files.write(new Path(place, LIST), out -> count[0] = list(files, out, digest));
    if (count[0] == 0) {
      throw new CommandLineException(
          "--images %s: holds no images: neither a prepared set (no dataset.json in it) nor files that end in .png, .jpg or .jpeg. Of IDX name the file itself."
              .formatted(root));
    }
    return new Inventory(count[0], "SHA-256 of the list " + Sha256.hexadecimal(digest));
  }

  private long list(Files files, OutputStream out, MessageDigest digest) throws IOException {
    return PictureFolder.walk(
        root,
        files.hadoop(),
        file -> {
          // A URI has no line ends, whatever a name has.
          byte[] line = (file.toUri() + "\n").getBytes(StandardCharsets.UTF_8);
          digest.update(line);
          out.write(line);
        });
  }

  @Override
  public List<ImagePart> parts(Files files, Path place, Inventory inventory, long imagesPerPart)
      throws IOException {
    Path list = new Path(place, LIST);
    MessageDigest digest = Sha256.digest();
    List<ImagePart> parts = new ArrayList<>();
    try (InputStream in = list.getFileSystem(files.hadoop()).open(list)) {
      byte[] buffer = new byte[BUFFER];
      long start = 0;
      long at = 0;
      long lines = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        for (int i = 0; i < read; i++, at++) {
          if (buffer[i] == '\n' && ++lines % imagesPerPart == 0) {
            parts.add(new ImagePart.Pictures(parts.size(), list.toString(), start, at + 1));
            start = at + 1;
          }
        }
      }
      if (at > start) {
        parts.add(new ImagePart.Pictures(parts.size(), list.toString(), start, at));
      }
    }
    if (!inventory.fingerprint().endsWith(Sha256.hexadecimal(digest))) {
      throw new InvalidDataException(
          list
              + ": is damaged: not the list that the job began with. Begin it again at another --out.");
    }
    return parts;
  }
}
