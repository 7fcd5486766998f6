package convoy.driver.cli;

import convoy.model.cost.LayerCost;
import convoy.model.cost.NetworkCost;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Variation;
import convoy.model.zoo.Zoo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code describe}: what a network takes, and what memory an executor needs for it. */
@Command(
    name = "describe",
    description = "Shows a network's layers, parameters, multiply-adds and memory.",
    sortOptions = false)
public final class DescribeCommand implements Callable<Integer> {
  /** Of the JVM beside its heap, the native libraries and Spark's own buffers. */
  private static final long PROCESS_BYTES = 512L << 20;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME",
      converter = Values.ModelName.class,
      description = "A named network.")
  private String model;

  @Mixin private NetworkOptions variation;

  @Option(
      names = "--images",
      paramLabel = "HxWxC",
      converter = Values.ImageSize.class,
      description =
          "Height, width and channels of the images (default: those it is named for, 28x28x1 or 32x32x3).")
  private InputShape images;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "10",
      converter = Values.AtLeastOne.class,
      description = "Classes to tell apart (default: ${DEFAULT-VALUE}).")
  private int classes;

  @Option(names = "--memory", description = "Show what to reserve outside the heap of an executor.")
  private boolean memory;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      converter = Values.OptimizerName.class,
      description = "For --memory: as for train (default: the network's own).")
  private Optimizer optimizer;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Values.AtLeastOne.class,
      description = "For --memory: images of a minibatch (default: the network's own).")
  private Integer batchSize;

  @Option(
      names = "--evaluation-batch-size",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.AtLeastOne.class,
      description = "For --memory: images of an evaluation batch (default: ${DEFAULT-VALUE}).")
  private int evaluationBatchSize;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "1",
      converter = Values.AtLeastOne.class,
      description =
          "For --memory: tasks at a time in an executor, its cores (default: ${DEFAULT-VALUE}).")
  private int tasks;

  @SuppressWarnings("unused") // picocli reads the annotation alone.
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show these options.")
  private boolean help;

  @Override
  public Integer call() {
    Network network =
        variation.named(model, images == null ? Zoo.usualInput(model) : images, classes);
    NetworkCost cost = NetworkCost.of(network);
    Console console = Console.standard();
    console.line(
        "%s for images of %s and %d classes", name(network), network.input(), network.classes());
    console.line("");
    console.line(
        "%-10s %-24s %12s %14s %14s", "layer", "", "output", "parameters", "multiply-adds");
    for (LayerCost layer : cost.layers()) {
      console.line(
          "%-10s %-24s %12s %,14d %,14d",
          layer.name(), layer.kind(), layer.output(), layer.parameters(), layer.multiplyAdds());
    }
    console.line(
        "%-10s %-24s %12s %,14d %,14d", "", "", "", cost.parameters(), cost.multiplyAdds());
    if (memory) {
      printMemory(console, network, cost);
    }
    return 0;
  }

  private static String name(Network network) {
    Variation variation = network.variation();
    return variation.equals(Variation.NONE)
        ? network.name()
        : "%s with %s".formatted(network.name(), NetworkOptions.described(variation));
  }

  private void printMemory(Console console, Network network, NetworkCost cost) {
    Optimizer updater = optimizer == null ? network.recipe().optimizer() : optimizer;
    int minibatch = batchSize == null ? network.recipe().batchSize() : batchSize;
    long training = cost.trainingBytes(updater, minibatch);
    long evaluation = cost.evaluationBytes(evaluationBatchSize);
    long all = PROCESS_BYTES + tasks * (training + evaluation);
    console.line("");
    console.line("to reserve outside the heap of an executor");
    console.line("%,9d MiB  its process", mebibytes(PROCESS_BYTES));
    console.line(
        "%,9d MiB  a task's training, %s, minibatches of %,d",
        mebibytes(training), updater.commandLineName(), minibatch);
    console.line(
        "%,9d MiB  a task's evaluation, batches of %,d",
        mebibytes(evaluation), evaluationBatchSize);
    console.line("spark.executor.memoryOverhead  %dm", mebibytes(all));
    console.line(
        "A round sends %,d MiB to every worker and gets as much back.",
        mebibytes(cost.stateBytes(updater)));
  }

  /** Rounded up. */
  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
