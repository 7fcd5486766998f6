package convoy.data.format;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A PNG or JPEG file, as what its first bytes say it is, decoded to the pixels of an image set.
 *
 * <p>Samples count as they are stored, whatever profile the file names; where a picture lets
 * through what is behind it, that is white. One channel is luma as ITU-R BT.601 has it, 0.299 R +
 * 0.587 G + 0.114 B; three are red, green and blue. Another size is brought to the shape's without
 * regard to its proportions: by the mean of areas where a side shrinks, by linear interpolation
 * where it grows. An orientation in the file's notes is not followed.
 */
public final class ImageFile {
  /**
   * A file of more is refused by its header: decoding one of so many takes up to half a gigabyte.
   */
  public static final long MOST_PIXELS = 1L << 26;

  /** A longer file is refused unread. */
  public static final long MOST_BYTES = 256L << 20;

  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  private ImageFile() {}

  /** Whether a file that starts so is a PNG or JPEG file. */
  public static boolean startsAsOne(byte[] start) {
    return startsWith(start, PngChunks.SIGNATURE) || startsWith(start, JPEG);
  }

  /** Whether {@link #decode} can make images of that many channels. */
  public static boolean canHave(int channels) {
    return channels == 1 || channels == 3;
  }

  /**
   * Decodes a file.
   *
   * @param name to begin an error message with
   * @param file all its bytes
   * @param shape to bring it to, of one or three channels
   * @param pixels takes unsigned bytes [channels, height, width]
   * @param from where in {@code pixels} they start
   * @throws InvalidDataException if it is no PNG or JPEG file, is damaged even in part, is larger
   *     than {@link #MOST_PIXELS}, or has colours that the JDK does not know, as those of CMYK
   */
  public static void decode(String name, byte[] file, ImageShape shape, byte[] pixels, int from) {
    if (!canHave(shape.channels())) {
      throw new IllegalArgumentException(
          "PNG and JPEG files give images of 1 or 3 channels, got " + shape);
    }
    BufferedImage image = read(name, file);
    PixelRows rows = new PixelRows(image);
    Scaling scaling = new Scaling(image.getHeight(), image.getWidth(), shape);
    float[][] row = new float[shape.channels()][image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      rows.read(y, row);
      scaling.add(y, row);
    }
    scaling.write(pixels, from);
  }

  private static BufferedImage read(String name, byte[] file) {
    boolean png = startsWith(file, PngChunks.SIGNATURE);
    if (!png && !startsWith(file, JPEG)) {
      throw new InvalidDataException(
          "%s: neither a PNG nor a JPEG file: it starts with %s."
              .formatted(name, file.length == 0 ? "nothing, being empty" : start(file)));
    }
    String format = png ? "PNG" : "JPEG";
    byte[] picture = png ? PngChunks.picture(name, file) : file;
    ImageReader reader = reader(format);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(picture))) {
      reader.setInput(in, true, true);
      return read(name, reader);
    } catch (IOException | RuntimeException e) {
      if (e instanceof InvalidDataException found) {
        throw found;
      }
      throw new InvalidDataException(
          "%s: the %s file is damaged, or of a kind that cannot be read (%s). Save it again as grey or RGB, or leave it out."
              .formatted(name, format, reason(e)),
          e);
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage read(String name, ImageReader reader) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width * height > MOST_PIXELS) {
      throw new InvalidDataException(
          "%s: %dx%d are more than the %d pixels that an image may have. Make it smaller."
              .formatted(name, height, width, MOST_PIXELS));
    }
    // A JPEG file that is cut off is filled up with grey, at no more than a warning.
    AtomicReference<String> warning = new AtomicReference<>();
    reader.addIIOReadWarningListener((source, text) -> warning.compareAndSet(null, text));
    BufferedImage image = reader.read(0);
    if (warning.get() != null) {
      throw new IIOException(warning.get());
    }
    int components = image.getRaster().getNumBands();
    if (reader.getFormatName().equals("JPEG") && components != 1 && components != 3) {
      throw new IIOException(components + " components, as CMYK has");
    }
    return image;
  }

  /** The JDK's own, whatever else is on the class path: an image is the same everywhere. */
  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers =
        ImageIO.getImageReadersByFormatName(format.toLowerCase(Locale.ROOT));
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
    }
    throw new IllegalStateException(
        "this Java has no reader for %s files: install one with the module java.desktop"
            .formatted(format));
  }

  private static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message.strip();
  }

  private static String start(byte[] file) {
    StringBuilder start = new StringBuilder("0x");
    for (int i = 0; i < Math.min(4, file.length); i++) {
      start.append(String.format(Locale.ROOT, "%02x", file[i]));
    }
    return start.toString();
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
