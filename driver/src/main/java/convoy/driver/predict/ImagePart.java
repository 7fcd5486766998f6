package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.format.IdxHeader;
import convoy.data.format.ImageFile;
import convoy.driver.dataset.PartFile;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/** The images whose labels make one part of the output; read one by one where a task runs. */
public sealed interface ImagePart extends Serializable {
  /** From 0, without a gap. */
  int number();

  /**
   * Reads the images, always in the same order.
   *
   * @throws InvalidDataException if what holds them all is damaged
   */
  void read(ImageShape shape, Configuration hadoop, Images images) throws IOException;

  /** Takes images. */
  interface Images {
    /**
     * One image.
     *
     * @param path tells which
     * @param pixels unsigned bytes [channels, height, width]; only until this returns
     */
    void image(String path, byte[] pixels);

    /** One that cannot be decoded, and why. */
    void unreadable(String path, String error);
  }

  /**
   * A stretch of a prepared set's file.
   *
   * @param split its folder
   */
  record Rows(int number, PartFile file, String split) implements ImagePart {
    @Override
    public void read(ImageShape shape, Configuration hadoop, Images images) {
      file.read(
          (id, label, image) -> {
            if (image.length != shape.pixels()) {
              throw new InvalidDataException(
                  "%s: image %d has %d bytes, expected %d for %s. Delete the set and prepare it again."
                      .formatted(split, id, image.length, shape.pixels(), shape));
            }
            images.image(split + "#" + id, image);
          });
    }
  }

  /**
   * A stretch of an IDX file.
   *
   * @param plain where it can be read
   * @param name of the file as it was given
   * @param from the first image
   * @param to behind the last image
   */
  record Idx(int number, String plain, String name, long from, long to) implements ImagePart {
    private static final int BUFFER = 1 << 16;

    @Override
    public void read(ImageShape shape, Configuration hadoop, Images images) throws IOException {
      Path file = new Path(plain);
      byte[] pixels = new byte[shape.pixels()];
      try (FSDataInputStream stored = file.getFileSystem(hadoop).open(file)) {
        stored.seek(IdxHeader.LENGTH + from * shape.pixels());
        InputStream in = new BufferedInputStream(stored, BUFFER);
        for (long i = from; i < to; i++) {
          if (in.readNBytes(pixels, 0, pixels.length) < pixels.length) {
            throw new InvalidDataException(
                "%s: ends within image %d. It changed while it was read: begin the job again."
                    .formatted(plain, i));
          }
          images.image(name + "#" + i, pixels);
        }
      }
    }
  }

  /**
   * A stretch of a list of PNG and JPEG files, a URI a line.
   *
   * @param from the first byte
   * @param to behind the last byte, at most what an array holds
   */
  record Pictures(int number, String list, long from, long to) implements ImagePart {
    @Override
    public void read(ImageShape shape, Configuration hadoop, Images images) throws IOException {
      byte[] pixels = new byte[shape.pixels()];
      Iterator<String> lines = lines(hadoop).lines().iterator();
      while (lines.hasNext()) {
        Path file = new Path(URI.create(lines.next()));
        try {
          ImageFile.decode(file.getName(), bytes(file, hadoop), shape, pixels, 0);
        } catch (InvalidDataException e) {
          images.unreadable(file.toString(), e.getMessage());
          continue;
        }
        images.image(file.toString(), pixels);
      }
    }

    private String lines(Configuration hadoop) throws IOException {
      Path file = new Path(list);
      byte[] bytes = new byte[Math.toIntExact(to - from)];
      try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
        in.readFully(from, bytes);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What another attempt could mend fails the task; what it could not is this file's fault. */
    private static byte[] bytes(Path file, Configuration hadoop) {
      try (InputStream in = PictureFolder.system(file, hadoop).open(file)) {
        byte[] bytes = in.readNBytes((int) ImageFile.MOST_BYTES + 1);
        if (bytes.length > ImageFile.MOST_BYTES) {
          throw new InvalidDataException(
              "%s: is longer than the %d bytes that an image file may have. Make it smaller."
                  .formatted(file.getName(), ImageFile.MOST_BYTES));
        }
        return bytes;
      } catch (FileNotFoundException | AccessControlException | ChecksumException e) {
        throw new InvalidDataException(
            "%s: cannot be read: %s".formatted(file.getName(), e.getMessage()), e);
      } catch (IOException e) {
        throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
