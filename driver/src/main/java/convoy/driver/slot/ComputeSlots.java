package convoy.driver.slot;

import convoy.driver.gpu.Gpus;
import convoy.model.engine.ComputeDevice;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Long-lived threads that own what computes on them, one for each task that runs at a time.
 *
 * <p>ND4J keeps workspaces, random numbers and the choice of a GPU by thread, and building a
 * network takes longer than a round. So a task does not compute itself: it borrows a slot, hands
 * its work to the slot's thread and waits. What the work needs (a trainer, a scorer) is made on
 * that thread, stays with it after the task, and is found again by its key; a slot keeps one tool
 * of each kind, the last one used.
 */
public final class ComputeSlots {
  private static final ComputeSlots HERE = new ComputeSlots();

  /** Why ND4J cannot be loaded; null as long as nobody knows of a reason. */
  private static final AtomicReference<String> UNLOADABLE = new AtomicReference<>();

  private final Deque<Slot> idle = new ArrayDeque<>();
  private int made;

  private ComputeSlots() {}

  /** The slots of this JVM, which is an executor, or driver and executor in one. */
  public static ComputeSlots here() {
    return HERE;
  }

  /**
   * Names a tool.
   *
   * @param kind which kind it is; a slot keeps one of each
   * @param owner whose it is, for example a run's id
   */
  public record Key(String kind, String owner) implements Serializable {}

  /**
   * Does work on a slot's thread and waits for it.
   *
   * @param make makes the tool where the slot does not have it yet
   * @param work is given the tool; it should notice when its thread is interrupted, which asks it
   *     to stop
   */
  public <T extends AutoCloseable, R> R call(Key key, Supplier<T> make, Function<T, R> work) {
    Gpus gpus = Gpus.here();
    gpus.check();
    Slot slot = borrow(key, gpus);
    Future<R> result = slot.thread.submit(() -> work.apply(slot.tool(key, make)));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          // Spark is killing the task. The slot must not be lent again before its thread is free.
          interrupted = true;
          slot.interrupt();
        } catch (ExecutionException e) {
          throw rethrown(e.getCause());
        }
      }
    } finally {
      giveBack(slot);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One that computes on the task's GPU, if Spark gave it one, and has the tool, if any has. */
  private synchronized Slot borrow(Key key, Gpus gpus) {
    OptionalInt given = gpus.ofTask();
    Slot found = null;
    for (Slot slot : idle) {
      boolean fits = given.isEmpty() || given.equals(slot.gpu);
      if (fits && (found == null || (slot.holds(key) && !found.holds(key)))) {
        found = slot;
      }
    }
    if (found == null) {
      int number = made++;
      return new Slot(number, given.isPresent() ? given : gpus.byTurns(number));
    }
    idle.remove(found);
    return found;
  }

  private synchronized void giveBack(Slot slot) {
    idle.push(slot);
  }

  private static RuntimeException rethrown(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  /** One thread and its tools. Tools are read and changed by the borrower's work only. */
  private static final class Slot {
    private final Map<String, Tool> tools = new HashMap<>();
    private final OptionalInt gpu;
    private final ExecutorService thread;
    private boolean bound;
    private volatile Thread running;

    Slot(int number, OptionalInt gpu) {
      this.gpu = gpu;
      thread =
          Executors.newSingleThreadExecutor(
              work -> {
                running = new Thread(work, "convoy-slot-" + number);
                running.setDaemon(true);
                return running;
              });
    }

    boolean holds(Key key) {
      Tool tool = tools.get(key.kind());
      return tool != null && tool.owner.equals(key.owner());
    }

    void interrupt() {
      running.interrupt();
    }

    /** The key says of which class the tool is: one kind, one class. */
    @SuppressWarnings("unchecked")
    <T extends AutoCloseable> T tool(Key key, Supplier<T> make) throws Exception {
      if (!bound) {
        gpu.ifPresent(ComputeDevice::use);
        bound = true;
      }
      Tool held = tools.get(key.kind());
      if (held != null && held.owner.equals(key.owner())) {
        return (T) held.tool;
      }
      if (held != null) {
        tools.remove(key.kind());
        held.tool.close();
      }
      T tool = create(make);
      tools.put(key.kind(), new Tool(key.owner(), tool));
      return tool;
    }
  }

  /**
   * Makes a tool, which loads ND4J if nothing has. Java tells why a class cannot be initialised the
   * first time only, so that reason is kept for those who ask again.
   */
  private static <T> T create(Supplier<T> make) {
    try {
      return make.get();
    } catch (LinkageError e) {
      UNLOADABLE.compareAndSet(null, rootCause(e).toString());
      throw new IllegalStateException(
          "ND4J cannot be loaded on this host; has the disk room for its libraries, 440 MB in ~/.javacpp/cache? "
              + UNLOADABLE.get(),
          e);
    }
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private record Tool(String owner, AutoCloseable tool) {}
}
