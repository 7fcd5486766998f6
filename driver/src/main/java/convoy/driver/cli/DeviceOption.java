package convoy.driver.cli;

import convoy.driver.CommandLineException;
import convoy.driver.gpu.Device;
import convoy.driver.gpu.DeviceException;
import convoy.driver.gpu.Gpus;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.ComputeDevice;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** {@code --device}: what executors compute on. */
final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      converter = Values.DeviceName.class,
      description =
          "What executors compute on: cpu, gpu, or auto: GPUs where they can be used (default: ${DEFAULT-VALUE}).")
  private Device device;

  /** Refuses what this jar cannot do; where this process computes itself, decides what on. */
  void check() {
    if (device == Device.GPU && !ComputeDevice.hasCuda()) {
      throw new CommandLineException(
          "--device gpu: this jar was built without CUDA. Build it with the profile cuda (mvn -Pcuda package), or leave the option out.");
    }
    SparkConf conf = new SparkConf();
    if (Sessions.local(conf)) {
      Sessions.bind(conf, device);
    }
  }

  /** A session whose executors bind themselves to GPUs. */
  SparkSession open(String command) {
    return Sessions.open(command, device);
  }

  /**
   * What the executors compute on, for a person; empty where it goes without saying.
   *
   * @throws DeviceException if GPUs were asked for and an executor cannot use them, or computing on
   *     one fails
   */
  List<String> described(SparkSession spark, int slots) {
    if (!ComputeDevice.hasCuda()) {
      return List.of();
    }
    List<Integer> numbers = IntStream.range(0, slots).boxed().toList();
    JavaRDD<Integer> tasks = Sessions.context(spark).parallelize(numbers, slots);
    List<Found> found = PartitionJob.run(tasks, Found.class, new Look());
    for (Found each : found) {
      if (each.fails || (device == Device.GPU && each.objects)) {
        throw new DeviceException(each.described);
      }
    }
    return found.stream().map(Found::described).distinct().sorted().toList();
  }

  /**
   * What one executor computes on.
   *
   * @param objects whether it has a reason not to compute on a GPU
   * @param fails whether computing on its GPU fails
   */
  private record Found(String described, boolean objects, boolean fails) implements Serializable {}

  /** Asks the executor that it runs on. */
  private record Look() implements PartitionJob.Work<Integer, Found> {
    @Override
    public Found run(int partition, Iterator<Integer> numbers) {
      Gpus gpus = Gpus.here();
      String host = SparkEnv.get().blockManager().blockManagerId().host();
      Optional<String> failure = gpus.mapping() == null ? Optional.empty() : tried();
      return new Found(
          host + ": " + gpus.described() + failure.map(reason -> ": " + reason).orElse(""),
          gpus.objection().isPresent(),
          failure.isPresent());
    }

    private static Optional<String> tried() {
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("look", "device"),
              () -> () -> {},
              nothing -> ComputeDevice.failure());
    }
  }
}
