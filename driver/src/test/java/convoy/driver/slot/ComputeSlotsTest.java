package convoy.driver.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class ComputeSlotsTest {
  private final ComputeSlots slots = ComputeSlots.here();

  @Test
  void findsAToolAgainOnTheThreadThatMadeIt() {
    Tool first = slots.call(new ComputeSlots.Key("tool", "again"), Tool::new, tool -> tool);
    Tool second = slots.call(new ComputeSlots.Key("tool", "again"), Tool::new, tool -> tool);
    assertThat(second).isSameAs(first);
    Thread user =
        slots.call(new ComputeSlots.Key("tool", "again"), Tool::new, t -> Thread.currentThread());
    assertThat(user).isSameAs(first.maker);
  }

  @Test
  void closesAToolWhenAnotherOwnerTakesTheSlot() throws InterruptedException {
    Tool[] tools = new Tool[8];
    for (int i = 0; i < tools.length; i++) {
      tools[i] = slots.call(new ComputeSlots.Key("closed", "owner-" + i), Tool::new, tool -> tool);
    }
    assertThat(tools[0].closed).isTrue();
    assertThat(tools[7].closed).isFalse();
  }

  @Test
  void givesTasksOfTheSameTimeToolsOfTheirOwn() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    Tool[] used = new Tool[2];
    Thread[] tasks = new Thread[2];
    for (int i = 0; i < 2; i++) {
      int task = i;
      tasks[i] =
          new Thread(
              () ->
                  slots.call(
                      new ComputeSlots.Key("tool", "same time"),
                      Tool::new,
                      tool -> {
                        used[task] = tool;
                        both.countDown();
                        return await(both);
                      }));
      tasks[i].start();
    }
    for (Thread task : tasks) {
      task.join();
    }
    assertThat(used[0]).isNotNull().isNotSameAs(used[1]);
  }

  @Test
  void throwsWhatTheWorkThrew() {
    assertThatThrownBy(
            () ->
                slots.call(
                    new ComputeSlots.Key("tool", "throws"),
                    Tool::new,
                    tool -> {
                      throw new IllegalArgumentException("from the work");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("from the work");
  }

  @Test
  void waitsForTheWorkToStopWhenTheTaskIsKilled() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicBoolean interruptedAfter = new AtomicBoolean();
    Thread task =
        new Thread(
            () -> {
              slots.call(
                  new ComputeSlots.Key("tool", "killed"),
                  Tool::new,
                  tool -> {
                    started.countDown();
                    while (!Thread.interrupted()) {
                      Thread.onSpinWait();
                    }
                    stopped.set(true);
                    return tool;
                  });
              interruptedAfter.set(stopped.get() && Thread.currentThread().isInterrupted());
            });
    task.start();
    started.await();
    task.interrupt();
    task.join();
    assertThat(interruptedAfter).isTrue();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Tool implements AutoCloseable {
    private final Thread maker = Thread.currentThread();
    private volatile boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }
}
