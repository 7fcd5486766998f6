package convoy.bench;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Two threads, each with a network of its own, that do the same minibatch over and over without
 * Spark: what two cores can do of what one does.
 */
final class BareThreads implements AutoCloseable {
  private final ExecutorService[] threads = new ExecutorService[2];
  private final Work[] works = new Work[2];

  /** A minibatch, and how the network is closed, both for the thread that made it. */
  private record Work(Runnable minibatch, Runnable close) {}

  private BareThreads(Supplier<Work> made) {
    for (int i = 0; i < threads.length; i++) {
      int thread = i;
      threads[i] = Executors.newSingleThreadExecutor();
      CompletableFuture.runAsync(() -> works[thread] = made.get(), threads[i]).join();
    }
  }

  static BareThreads training(Engine engine, float[] images, int[] labels) {
    return new BareThreads(
        () -> {
          LocalTrainer trainer = engine.trainer();
          return new Work(() -> trainer.fit(images, labels, labels.length), trainer::close);
        });
  }

  static BareThreads inference(Engine engine, float[] images, int batch) {
    return new BareThreads(
        () -> {
          LocalScorer scorer = engine.scorer();
          scorer.load(engine.initialState().parameters());
          return new Work(() -> scorer.score(images, batch), scorer::close);
        });
  }

  /** Seconds until so many threads have each done so many minibatches. */
  double seconds(int workers, int minibatches) {
    long start = System.nanoTime();
    CompletableFuture<?>[] running = new CompletableFuture<?>[workers];
    for (int i = 0; i < workers; i++) {
      Runnable minibatch = works[i].minibatch;
      running[i] =
          CompletableFuture.runAsync(
              () -> {
                for (int k = 0; k < minibatches; k++) {
                  minibatch.run();
                }
              },
              threads[i]);
    }
    CompletableFuture.allOf(running).join();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    for (int i = 0; i < threads.length; i++) {
      CompletableFuture.runAsync(works[i].close, threads[i]).join();
      threads[i].shutdown();
    }
  }
}
