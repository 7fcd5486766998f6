package convoy.data.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transfers one file from one mirror into a part file, going on where an earlier transfer stopped.
 *
 * <p>A part is continued only if the mirror still has the same file, told by its ETag or date (RFC
 * 9110, section 13.1.5); a mirror that ignores ranges sends it anew from the start.
 */
final class Download {
  private static final Logger LOG = LoggerFactory.getLogger(Download.class);
  private static final int ATTEMPTS = 10;
  private static final int BUFFER = 1 << 16;
  private static final long REPORT_EVERY = 1 << 18;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final HttpClient client;
  private final Duration patience;
  private final RemoteFile file;
  private final TransferProgress progress;

  /**
   * A transfer still to be started.
   *
   * @param patience how long to wait for the next bytes
   */
  Download(HttpClient client, Duration patience, RemoteFile file, TransferProgress progress) {
    this.client = client;
    this.patience = patience;
    this.file = file;
    this.progress = progress;
  }

  /** Where a part's ETag or date is kept. */
  static Path validatorOf(Path part) {
    return part.resolveSibling(part.getFileName() + ".validator");
  }

  /** Completes the part; after a failure it holds what arrived. */
  void into(Path part, URI mirror) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long before = sizeOf(part);
      try {
        transfer(part, mirror);
        return;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (sizeOf(part) <= before || attempt == ATTEMPTS) {
          throw e;
        }
        LOG.info(
            "{}: interrupted after {} bytes ({}), going on", mirror, sizeOf(part), e.toString());
      }
    }
  }

  private void transfer(Path part, URI mirror) throws IOException {
    long offset = sizeOf(part);
    if (file.packing() == RemoteFile.Packing.PLAIN && offset == file.bytes()) {
      return;
    }
    HttpResponse<InputStream> response = request(part, mirror, offset);
    if (offset > 0 && refusesToContinue(response, offset)) {
      response.body().close();
      Files.delete(part);
      offset = 0;
      response = request(part, mirror, offset);
    }
    try (InputStream body = response.body()) {
      if (response.statusCode() == 200) {
        offset = 0;
        rememberValidator(part, response);
      } else if (!continues(response, offset)) {
        throw new IOException("answered with HTTP status " + response.statusCode());
      }
      OptionalLong length = response.headers().firstValueAsLong("Content-Length");
      long total = length.isPresent() ? offset + length.getAsLong() : -1;
      checkTotal(part, total);
      receive(body, part, offset, total);
    }
  }

  private HttpResponse<InputStream> request(Path part, URI mirror, long offset) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(mirror).timeout(patience);
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
      Path validator = validatorOf(part);
      if (Files.exists(validator)) {
        request.header("If-Range", Files.readString(validator));
      }
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private static InterruptedIOException interrupted(Exception cause) {
    InterruptedIOException interrupted = new InterruptedIOException("the transfer was interrupted");
    interrupted.initCause(cause);
    return interrupted;
  }

  private static boolean continues(HttpResponse<?> response, long offset) {
    if (response.statusCode() != 206) {
      return false;
    }
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    return range.matches() && range.group(1).equals(Long.toString(offset));
  }

  private static boolean refusesToContinue(HttpResponse<?> response, long offset) {
    return response.statusCode() == 416
        || (response.statusCode() == 206 && !continues(response, offset));
  }

  private static void rememberValidator(Path part, HttpResponse<?> response) throws IOException {
    Optional<String> strong =
        response.headers().firstValue("ETag").filter(tag -> !tag.startsWith("W/"));
    Optional<String> validator = strong.or(() -> response.headers().firstValue("Last-Modified"));
    if (validator.isPresent()) {
      Files.writeString(validatorOf(part), validator.get());
    } else {
      Files.deleteIfExists(validatorOf(part));
    }
  }

  private void checkTotal(Path part, long total) throws IOException {
    boolean exact = file.packing() == RemoteFile.Packing.PLAIN;
    if (total > file.transferLimit() || (exact && total >= 0 && total != file.bytes())) {
      Files.deleteIfExists(part);
      throw new IOException(
          "offers %d bytes, expected %s%d"
              .formatted(total, exact ? "" : "at most ", file.transferLimit()));
    }
  }

  private void receive(InputStream body, Path part, long offset, long total) throws IOException {
    StandardOpenOption start =
        offset == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    byte[] buffer = new byte[BUFFER];
    long done = offset;
    long reported = offset;
    try (OutputStream out =
            Files.newOutputStream(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, start);
        StallGuard guard = new StallGuard(body, patience)) {
      for (int count = guard.read(buffer); count >= 0; count = guard.read(buffer)) {
        done += count;
        if (done > file.transferLimit()) {
          Files.delete(part);
          throw new IOException(
              "sent more than the expected %d bytes".formatted(file.transferLimit()));
        }
        out.write(buffer, 0, count);
        if (done - reported >= REPORT_EVERY && done != total) {
          progress.update(file.name(), done, total);
          reported = done;
        }
      }
    }
    if (done < total) {
      throw new EOFException("closed the connection after %d of %d bytes".formatted(done, total));
    }
    progress.update(file.name(), done, done);
  }

  private static long sizeOf(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  /** Closes a stream that gives nothing for too long: the client itself would wait for ever. */
  private static final class StallGuard implements AutoCloseable {
    private final InputStream in;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "convoy-download-clock");
              thread.setDaemon(true);
              return thread;
            });
    private volatile boolean stalled;

    StallGuard(InputStream in, Duration patience) {
      this.in = in;
      this.patience = patience;
      clock.setRemoveOnCancelPolicy(true);
    }

    int read(byte[] buffer) throws IOException {
      ScheduledFuture<?> alarm =
          clock.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
      try {
        return in.read(buffer);
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(e);
        }
        throw stalled
            ? new IOException("sent nothing for " + patience.toSeconds() + " seconds", e)
            : e;
      } finally {
        alarm.cancel(false);
      }
    }

    private void giveUp() {
      stalled = true;
      try {
        in.close();
      } catch (IOException e) {
        LOG.debug("closing a stalled connection", e);
      }
    }

    @Override
    public void close() {
      clock.shutdownNow();
    }
  }
}
