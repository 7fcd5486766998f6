package convoy.driver.slot;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

  private final Deque<Slot> idle = new ArrayDeque<>();
  private final AtomicInteger made = new AtomicInteger();

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
    Slot slot = borrow(key);
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

  private synchronized Slot borrow(Key key) {
    for (Iterator<Slot> slots = idle.iterator(); slots.hasNext(); ) {
      Slot slot = slots.next();
      if (slot.holds(key)) {
        slots.remove();
        return slot;
      }
    }
    return idle.isEmpty() ? new Slot(made.incrementAndGet()) : idle.pop();
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
    private final ExecutorService thread;
    private volatile Thread running;

    Slot(int number) {
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
      Tool held = tools.get(key.kind());
      if (held != null && held.owner.equals(key.owner())) {
        return (T) held.tool;
      }
      if (held != null) {
        tools.remove(key.kind());
        held.tool.close();
      }
      T tool = make.get();
      tools.put(key.kind(), new Tool(key.owner(), tool));
      return tool;
    }
  }

  private record Tool(String owner, AutoCloseable tool) {}
}
