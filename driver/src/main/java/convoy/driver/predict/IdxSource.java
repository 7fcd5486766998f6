package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.format.IdxHeader;
import convoy.driver.store.Files;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * An IDX file of images. A gzip-compressed one is unpacked first: it cannot be read from the
 * middle.
 */
record IdxSource(FileStatus file, IdxHeader header, Form form) implements ImageSource {
  private static final String UNPACKED = "_images.idx";
  private static final int BUFFER = 1 << 16;

  /** How it is stored. */
  enum Form {
    PLAIN,
    GZIP
  }

  @Override
  public String kind() {
    return "idx";
  }

  @Override
  public void check(ImageShape shape) {
    if (!header.shape().equals(shape)) {
      throw ImageSource.otherShape(file.getPath(), header.shape(), shape);
    }
  }

  @Override
  public Inventory count(Files files, Path place) throws IOException {
    switch (form) {
      case PLAIN -> requireLength(file.getLen());
      case GZIP -> files.write(new Path(place, UNPACKED), out -> unpack(files, out));
    }
    return new Inventory(header.count(), fingerprint());
  }

  /** Stops where more bytes come than the header says, however many those are. */
  private void unpack(Files files, OutputStream out) throws IOException {
    long length = 0;
    try (InputStream stored = file.getPath().getFileSystem(files.hadoop()).open(file.getPath());
        InputStream in = new GZIPInputStream(stored, BUFFER)) {
      byte[] buffer = new byte[BUFFER];
      int read = in.read(buffer);
      while (read >= 0 && length <= header.fileLength()) {
        out.write(buffer, 0, read);
        length += read;
        read = in.read(buffer);
      }
    } catch (ZipException | EOFException e) {
      throw new InvalidDataException(
          "%s: the gzip data is damaged or cut off. Fetch it again.".formatted(file.getPath()), e);
    }
    requireLength(length);
  }

  private void requireLength(long length) {
    if (length != header.fileLength()) {
      throw new InvalidDataException(
          "%s: expected %d bytes for %d images of %dx%d, found %s%d. The file is cut off or damaged: fetch it again."
              .formatted(
                  file.getPath(),
                  header.fileLength(),
                  header.count(),
                  header.shape().height(),
                  header.shape().width(),
                  form == Form.GZIP && length > header.fileLength() ? "at least " : "",
                  length));
    }
  }

  private String fingerprint() {
    return "%d bytes of %s"
        .formatted(file.getLen(), Instant.ofEpochMilli(file.getModificationTime()));
  }

  @Override
  public List<ImagePart> parts(Files files, Path place, Inventory inventory, long imagesPerPart) {
    if (!fingerprint().equals(inventory.fingerprint())) {
      throw ImageSource.changed(file.getPath(), inventory, fingerprint());
    }
    String name = file.getPath().toString();
    String plain = form == Form.PLAIN ? name : new Path(place, UNPACKED).toString();
    List<ImagePart> parts = new ArrayList<>();
    for (long from = 0; from < header.count(); from += imagesPerPart) {
      long to = Math.min(from + imagesPerPart, header.count());
      parts.add(new ImagePart.Idx(parts.size(), plain, name, from, to));
    }
    return parts;
  }
}
