package convoy.driver.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that each take the next piece of work as soon as they have none. What comes next is asked
 * for, and what came of it is told, by one thread at a time.
 *
 * @param <T> a piece of work
 */
final class Lanes<T> {
  private final Object lock;
  private final Work<T> work;
  private final ExecutorService threads;
  private final int number;
  private int busy;
  private Throwable failure;

  /**
   * Of so many threads.
   *
   * @param lock held while the next piece is asked for
   */
  Lanes(int number, Object lock, Work<T> work) {
    this.number = number;
    this.lock = lock;
    this.work = work;
    threads = Executors.newFixedThreadPool(number);
  }

  /** What lanes do. */
  interface Work<T> {
    /** The next piece; nothing as long as there is none, for which work under way may change. */
    Optional<T> next();

    /** Does one; what it throws ends all lanes. */
    void run(T piece) throws IOException;
  }

  /** Works until there is nothing left and nothing under way, or until something is thrown. */
  void run() throws IOException, InterruptedException {
    List<Future<?>> lanes = new ArrayList<>();
    try {
      // None takes anything, and so none fails, before all are there.
      synchronized (lock) {
        for (int i = 0; i < number; i++) {
          lanes.add(threads.submit(this::lane));
        }
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  /** Whether something was thrown, so that what is under way has no one to tell. */
  boolean isEnding() {
    synchronized (lock) {
      return failure != null;
    }
  }

  private void lane() {
    try {
      for (Optional<T> piece = take(); piece.isPresent(); piece = take()) {
        work.run(piece.get());
        synchronized (lock) {
          busy--;
          lock.notifyAll();
        }
      }
    } catch (Throwable e) {
      // Whatever it is: the other lanes have to end, and the first reason is told.
      synchronized (lock) {
        failure = failure == null ? e : failure;
        lock.notifyAll();
      }
      threads.shutdownNow();
    }
  }

  private Optional<T> take() throws InterruptedException {
    synchronized (lock) {
      while (failure == null) {
        Optional<T> piece = work.next();
        if (piece.isPresent()) {
          busy++;
          return piece;
        }
        if (busy == 0) {
          lock.notifyAll();
          return piece;
        }
        lock.wait();
      }
      return Optional.empty();
    }
  }
}
