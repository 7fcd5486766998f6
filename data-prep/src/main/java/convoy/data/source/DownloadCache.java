package convoy.data.source;

import convoy.data.format.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified downloads on this machine's disk, by SHA-256; several processes may use it at once.
 *
 * <p>A file is {@code FOLDER/files/SHA256}, verified each time it is asked for. It is put together
 * in {@code FOLDER/parts} and renamed into its place, so that a name in {@code files} never stands
 * for half a file.
 */
public final class DownloadCache {
  private static final Logger LOG = LoggerFactory.getLogger(DownloadCache.class);
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
  private static final Duration TRANSFER_PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final Duration transferPatience;

  private DownloadCache(Path folder, Duration transferPatience) {
    this.folder = folder;
    this.transferPatience = transferPatience;
  }

  /** The cache at {@code folder}, which is made when first written to. */
  public static DownloadCache at(Path folder) {
    return at(folder, TRANSFER_PATIENCE);
  }

  /** A cache that gives up on a mirror which sends nothing for that long. */
  static DownloadCache at(Path folder, Duration transferPatience) {
    return new DownloadCache(folder, transferPatience);
  }

  /** Where it is. */
  Path folder() {
    return folder;
  }

  /**
   * The verified file, from the cache or else the first mirror that gives it.
   *
   * @throws IllegalArgumentException if the cache's folder cannot be written
   */
  Path fetch(RemoteFile file, TransferProgress progress) throws MirrorsFailedException {
    CacheLock lock = lock(file.sha256());
    try {
      Optional<Path> present = find(file.name(), file.sha256());
      return present.isPresent() ? present.get() : download(file, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(file.name() + ": " + e.getMessage(), e);
    } finally {
      lock.close();
    }
  }

  /**
   * Puts a file in, unless it is there.
   *
   * @param bytes its length; no more are read, but for one
   * @return the verified file
   * @throws IOException if the content does not have that checksum
   */
  Path store(String name, String sha256, long bytes, InputStream content) throws IOException {
    CacheLock lock = lock(sha256);
    try {
      Optional<Path> present = find(name, sha256);
      return present.isPresent() ? present.get() : write(sha256, bytes, content);
    } finally {
      lock.close();
    }
  }

  private CacheLock lock(String sha256) {
    try {
      for (String part : List.of("files", "parts", "locks")) {
        Files.createDirectories(folder.resolve(part));
      }
      return CacheLock.acquire(folder.resolve("locks").resolve(sha256));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cache %s: cannot be written (%s). Name another folder with CONVOY_CACHE."
              .formatted(folder, e),
          e);
    }
  }

  private Path place(String sha256) {
    return folder.resolve("files").resolve(sha256);
  }

  private Optional<Path> find(String name, String sha256) throws IOException {
    Path place = place(sha256);
    if (!Files.exists(place)) {
      return Optional.empty();
    }
    if (Sha256.of(place).equals(sha256)) {
      return Optional.of(place);
    }
    LOG.warn("{}: the cached file {} is damaged; it is fetched anew", name, place);
    Files.delete(place);
    return Optional.empty();
  }

  private Path download(RemoteFile file, TransferProgress progress)
      throws IOException, MirrorsFailedException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    Download download = new Download(client, transferPatience, file, progress);
    List<String> failures = new ArrayList<>();
    for (URI mirror : file.mirrors()) {
      try {
        Path place = downloadFrom(mirror, file, download);
        discardParts(file.sha256());
        return place;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        failures.add(mirror + ": " + reason(e));
        LOG.debug("{} failed", mirror, e);
      }
    }
    throw new MirrorsFailedException(failures);
  }

  /** A part that an earlier run left may be damaged: then the mirror gets a second, clean try. */
  private Path downloadFrom(URI mirror, RemoteFile file, Download download) throws IOException {
    Path part = partOf(mirror, file);
    boolean resumed = Files.exists(part);
    download.into(part, mirror);
    try {
      return accept(file, part);
    } catch (WrongContentException e) {
      if (!resumed) {
        throw e;
      }
    }
    download.into(part, mirror);
    return accept(file, part);
  }

  /** Where what arrives from a mirror is put. */
  Path partOf(URI mirror, RemoteFile file) {
    byte[] address = Sha256.digest().digest(mirror.toString().getBytes(StandardCharsets.UTF_8));
    String source = HexFormat.of().formatHex(address, 0, 8);
    return folder.resolve("parts").resolve(file.sha256() + "-" + source + ".part");
  }

  /** Verifies a complete part and makes it, or what it unpacks to, the cached file. */
  private Path accept(RemoteFile file, Path part) throws IOException {
    try (InputStream stored = Files.newInputStream(part)) {
      InputStream content =
          switch (file.packing()) {
            case PLAIN -> stored;
            case GZIP -> new GZIPInputStream(stored, 1 << 16);
          };
      return write(file.sha256(), file.bytes(), content);
    } catch (WrongContentException e) {
      discard(part);
      throw e;
    } catch (ZipException | EOFException e) {
      discard(part);
      throw new WrongContentException("sent what cannot be unpacked (" + e.getMessage() + ")", e);
    }
  }

  /** What any mirror sent of a file that is now there. */
  private void discardParts(String sha256) throws IOException {
    List<Path> parts;
    try (Stream<Path> all = Files.list(folder.resolve("parts"))) {
      parts = all.filter(path -> path.getFileName().toString().startsWith(sha256)).toList();
    }
    for (Path part : parts) {
      Files.delete(part);
    }
  }

  private static void discard(Path part) throws IOException {
    Files.deleteIfExists(part);
    Files.deleteIfExists(Download.validatorOf(part));
  }

  private Path write(String sha256, long bytes, InputStream content) throws IOException {
    Path beside = folder.resolve("parts").resolve(sha256 + ".new");
    MessageDigest digest = Sha256.digest();
    try {
      long written = 0;
      try (OutputStream out = new DigestOutputStream(Files.newOutputStream(beside), digest)) {
        byte[] buffer = new byte[1 << 16];
        for (int count = content.read(buffer);
            count >= 0 && written <= bytes;
            count = content.read(buffer)) {
          out.write(buffer, 0, count);
          written += count;
        }
      }
      String found = Sha256.hexadecimal(digest);
      if (written != bytes || !found.equals(sha256)) {
        throw new WrongContentException(
            "sent %s bytes with SHA-256 %s, expected %d with %s"
                .formatted(written > bytes ? "too many" : written, found, bytes, sha256),
            null);
      }
      return Files.move(
          beside,
          place(sha256),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static String reason(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "host not found";
      }
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  /** The bytes arrived, but they are not the file. */
  private static final class WrongContentException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongContentException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
