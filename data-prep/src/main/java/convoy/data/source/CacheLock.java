package convoy.data.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Held by one thread of one process on this machine at a time; the others wait. */
final class CacheLock {
  private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);

  /** A file lock belongs to the whole process and refuses its second thread: these keep it back. */
  private static final ConcurrentMap<Path, ReentrantLock> WITHIN_PROCESS =
      new ConcurrentHashMap<>();

  private final ReentrantLock withinProcess;
  private final FileChannel channel;

  private CacheLock(ReentrantLock withinProcess, FileChannel channel) {
    this.withinProcess = withinProcess;
    this.channel = channel;
  }

  /** Waits for the lock on a file, which is made where needed and stays. */
  static CacheLock acquire(Path file) throws IOException {
    ReentrantLock withinProcess =
        WITHIN_PROCESS.computeIfAbsent(
            file.toAbsolutePath().normalize(), path -> new ReentrantLock());
    withinProcess.lock();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        LOG.info("{}: waiting for another process that fetches the same file", file);
        channel.lock();
      }
      return new CacheLock(withinProcess, channel);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      withinProcess.unlock();
      throw e;
    }
  }

  /** Lets the next one in. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release a lock of the cache: " + e.getMessage(), e);
    } finally {
      withinProcess.unlock();
    }
  }
}
