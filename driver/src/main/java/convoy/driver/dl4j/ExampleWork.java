package convoy.driver.dl4j;

import convoy.driver.dl4j.PackedExamples.Shard;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.train.LocalWork;
import convoy.driver.train.RoundOrder;
import convoy.driver.train.Seeds;
import convoy.driver.train.WorkerResult;
import convoy.driver.train.WorkerStatistics;
import convoy.model.engine.Dl4jNetwork;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Trains a user's network on shards of a user's data sets.
 *
 * @param id tells this network from others alive in the same executors
 * @param hooks called around every minibatch
 */
record ExampleWork(
    String id,
    Dl4jNetwork.Description network,
    List<RunningStatistics> runningStatistics,
    List<TrainingHook> hooks)
    implements LocalWork<PackedExamples> {
  @Override
  public WorkerResult fit(
      int worker,
      Iterator<PackedExamples> elements,
      RoundOrder order,
      int round,
      Supplier<TrainingState> state) {
    Shard shard = Shard.of(elements);
    int[] examples = order.images(worker, shard.size());
    return examples.length == 0
        ? WorkerResult.nothing()
        : onSlot(built -> fit(built, shard, examples, order, seed(order, round, worker), state));
  }

  @Override
  public WorkerStatistics statistics(
      int worker,
      Iterator<PackedExamples> elements,
      RoundOrder order,
      int round,
      Supplier<TrainingState> state) {
    WorkerStatistics.Tally tally = new WorkerStatistics.Tally(runningStatistics);
    Shard shard = Shard.of(elements);
    int[] examples = order.images(worker, shard.size());
    return examples.length == 0
        ? tally.statistics()
        : onSlot(
            built -> {
              built.load(state.get(), seed(order, round, worker));
              for (int from = 0; from < examples.length; from += order.batchSize()) {
                int to = Math.min(from + order.batchSize(), examples.length);
                MultiDataSet minibatch = shard.minibatch(examples, from, to);
                tally.add(to - from, built.statistics(minibatch.getFeatures()));
              }
              return tally.statistics();
            });
  }

  private <R> R onSlot(Function<Dl4jNetwork, R> work) {
    return ComputeSlots.here().call(new ComputeSlots.Key("network", id), network::build, work);
  }

  private static long seed(RoundOrder order, int round, int worker) {
    return Seeds.of(order.seed(), order.epoch(), round, worker);
  }

  private WorkerResult fit(
      Dl4jNetwork built,
      Shard shard,
      int[] examples,
      RoundOrder order,
      long seed,
      Supplier<TrainingState> state) {
    long start = System.nanoTime();
    TrainingState before = state.get();
    built.load(before, seed);
    double lossSum = 0;
    for (int from = 0; from < examples.length; from += order.batchSize()) {
      if (Thread.interrupted()) {
        throw new CancellationException("the task was killed");
      }
      int to = Math.min(from + order.batchSize(), examples.length);
      lossSum += fit(built, shard.minibatch(examples, from, to)) * (to - from);
    }
    TrainingState after = built.state();
    double seconds = (System.nanoTime() - start) / 1e9;
    // Truncated backpropagation through time takes several steps for a minibatch.
    int steps = after.iteration() - before.iteration();
    return new WorkerResult(examples.length, steps, lossSum, 0, after, seconds);
  }

  private double fit(Dl4jNetwork built, MultiDataSet minibatch) {
    if (hooks.isEmpty()) {
      return built.fit(minibatch);
    }
    if (built.model() instanceof MultiLayerNetwork network) {
      DataSet set = Dl4jNetwork.single(minibatch);
      hooks.forEach(hook -> hook.preUpdate(set, network));
      double loss = built.fit(set.toMultiDataSet());
      hooks.forEach(hook -> hook.postUpdate(set, network));
      return loss;
    }
    hooks.forEach(hook -> hook.preUpdate(minibatch, built.model()));
    double loss = built.fit(minibatch);
    hooks.forEach(hook -> hook.postUpdate(minibatch, built.model()));
    return loss;
  }
}
