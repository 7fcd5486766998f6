package convoy.data.format;

import convoy.data.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A gzip-compressed tar archive, read in one pass; nothing of it is written anywhere. */
public final class TarGzip {
  private TarGzip() {}

  /** Hears of each plain file in the archive. */
  @FunctionalInterface
  public interface EntryReader {
    /**
     * Called once for each plain file.
     *
     * @param name its path in the archive, never absolute and without {@code ..}
     * @param size its bytes, as the archive claims
     * @param content ends with the file
     */
    void read(String name, long size, InputStream content) throws IOException;
  }

  /**
   * Reads the archive to its end.
   *
   * @return the SHA-256 of the archive as stored
   * @throws InvalidDataException if it is damaged, or an entry points outside or is no plain file
   */
  public static String read(RawFile archive, EntryReader reader) throws IOException {
    if (archive.length() == 0) {
      throw new InvalidDataException(archive.name() + ": the file is empty. Fetch it again.");
    }
    MessageDigest digest = Sha256.digest();
    try (InputStream stored =
        new BufferedInputStream(new DigestInputStream(archive.open(), digest), 1 << 16)) {
      InputStream unpacked = Content.unpacked(archive, stored);
      readEntries(archive, new TarArchiveInputStream(unpacked), reader);
      unpacked.transferTo(OutputStream.nullOutputStream());
      stored.transferTo(OutputStream.nullOutputStream());
      return Sha256.hexadecimal(digest);
    } catch (ZipException | EOFException e) {
      throw Content.damaged(archive, e);
    } catch (RawFile.ReadFailure e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidDataException(
          "%s: not a tar archive, or a damaged one (%s). Fetch it again."
              .formatted(archive.name(), e.getMessage()),
          e);
    }
  }

  private static void readEntries(RawFile archive, TarArchiveInputStream tar, EntryReader reader)
      throws IOException {
    for (TarArchiveEntry entry = tar.getNextTarEntry();
        entry != null;
        entry = tar.getNextTarEntry()) {
      check(archive, entry);
      if (!entry.isDirectory()) {
        reader.read(entry.getName(), entry.getSize(), tar);
      }
    }
  }

  private static void check(RawFile archive, TarArchiveEntry entry) {
    String name = entry.getName();
    String[] steps = name.split("[/\\\\]", -1);
    if (steps[0].isEmpty() || steps[0].endsWith(":") || Arrays.asList(steps).contains("..")) {
      throw new InvalidDataException(
          "%s: entry %s points outside the archive. Do not use it; fetch it from its official address."
              .formatted(archive.name(), name));
    }
    if (entry.isLink()
        || entry.isSymbolicLink()
        || entry.isCharacterDevice()
        || entry.isBlockDevice()
        || entry.isFIFO()) {
      throw new InvalidDataException(
          ("%s: entry %s is a link or device, expected plain files. Do not use it; fetch it from"
                  + " its official address.")
              .formatted(archive.name(), name));
    }
  }
}
