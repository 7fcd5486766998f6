package convoy.data.format;

import convoy.data.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A raw file's bytes, unpacked where its name ends in {@code .gz}, with their checksum. */
final class Content implements Closeable {
  /** What one array holds on every JVM. */
  static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** No deflate stream unpacks to more than 1032 times its size (zlib.net/zlib_tech.html). */
  private static final long DEFLATE_LIMIT = 1032;

  private static final int BUFFER = 1 << 16;
  private static final int FIRST_CHUNK = 1 << 20;

  private final RawFile file;
  private final InputStream stored;
  private final InputStream content;
  private final MessageDigest digest = Sha256.digest();

  private Content(RawFile file, InputStream stored) throws IOException {
    this.file = file;
    this.stored = stored;
    this.content = new DigestInputStream(file.isGzip() ? unpacked(file, stored) : stored, digest);
  }

  /** Opens the file; refuses one that is empty, or gzip where its name says otherwise. */
  static Content open(RawFile file) throws IOException {
    if (file.length() == 0) {
      throw new InvalidDataException(file.name() + ": the file is empty. Fetch it again.");
    }
    InputStream stored = new BufferedInputStream(file.open(), BUFFER);
    try {
      if (!file.isGzip() && startsAsGzip(stored)) {
        throw new InvalidDataException(
            ("%s: expected the unpacked file, found %d bytes of gzip. The file is still"
                    + " gzip-compressed: unpack it, or name it with .gz.")
                .formatted(file.name(), file.length()));
      }
      return new Content(file, stored);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** A gzip file's content. */
  static InputStream unpacked(RawFile file, InputStream stored) throws IOException {
    if (!startsAsGzip(stored)) {
      throw new InvalidDataException(
          file.name()
              + ": not a gzip file, whatever its name says. Fetch it again, or drop the .gz where"
              + " it is already unpacked.");
    }
    try {
      return new GZIPInputStream(stored, BUFFER);
    } catch (ZipException | EOFException e) {
      throw damaged(file, e);
    }
  }

  private static boolean startsAsGzip(InputStream in) throws IOException {
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip;
  }

  static InvalidDataException damaged(RawFile file, IOException cause) {
    return new InvalidDataException(
        "%s: the gzip data is damaged or cut off (%s). Fetch it again."
            .formatted(
                file.name(), cause instanceof EOFException ? "ends too early" : cause.getMessage()),
        cause);
  }

  /** Whether the stored bytes could unpack to that many: to be asked before room is made. */
  boolean canHold(long bytes) {
    return file.isGzip() ? bytes / DEFLATE_LIMIT <= file.length() : bytes <= file.length();
  }

  /** The bytes there should be after unpacking, where the file's length alone tells. */
  boolean hasLength(long bytes) {
    return file.isGzip() || file.length() == bytes;
  }

  /** Up to {@code count} bytes: fewer only where the content ends. */
  byte[] read(int count) throws IOException {
    try {
      return readBounded(content, count);
    } catch (ZipException | EOFException e) {
      throw damaged(file, e);
    }
  }

  /** Reads to the end, so that the checksum and gzip's own cover everything. */
  long skipRest() throws IOException {
    try {
      return content.transferTo(OutputStream.nullOutputStream());
    } catch (ZipException | EOFException e) {
      throw damaged(file, e);
    }
  }

  /** Of all bytes read, unpacked. */
  String sha256() {
    return Sha256.hexadecimal(digest);
  }

  /** Up to {@code count} bytes, making room only as bytes arrive: the count may be a lie. */
  static byte[] readBounded(InputStream in, int count) throws IOException {
    byte[] bytes = new byte[Math.min(count, FIRST_CHUNK)];
    int filled = 0;
    while (true) {
      filled += in.readNBytes(bytes, filled, bytes.length - filled);
      if (filled < bytes.length) {
        return Arrays.copyOf(bytes, filled);
      }
      if (filled == count) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(count, 2L * bytes.length));
    }
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
