package convoy.model.engine;

/**
 * The thread that made a network, the only one that may use it: ND4J keeps random numbers and
 * workspaces per thread.
 */
final class OwnerThread {
  private final String owned;
  private final Thread thread = Thread.currentThread();

  OwnerThread(String owned) {
    this.owned = owned;
  }

  void require() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "%s of thread %s used on thread %s: make one on each thread that needs it"
              .formatted(owned, thread.getName(), Thread.currentThread().getName()));
    }
  }
}
