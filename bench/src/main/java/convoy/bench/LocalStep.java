package convoy.bench;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.LocalTrainer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images per second of a training step and of inference on one thread, on images already in memory:
 * Convoy's, or those of DL4J as it comes. The figure is the median of single steps, warm-up left
 * out.
 */
public final class LocalStep {
  private static final int CLASSES = 10;

  private LocalStep() {}

  /** Takes convoy or stock, a network, the batch size, and how many steps are measured. */
  public static void main(String[] args) {
    InputShape input =
        args[1].startsWith("cifar") ? new InputShape(3, 32, 32) : new InputShape(1, 28, 28);
    Network network = Zoo.named(args[1], input, CLASSES);
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    String configuration = network.configuration(Optimizer.ADAM, 1e-3, 1);
    Random random = new Random(1);
    float[] images = new float[batch * input.channels() * input.height() * input.width()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    int[] labels = random.ints(batch, 0, CLASSES).toArray();
    switch (args[0]) {
      case "convoy" -> convoy(configuration, images, labels, steps);
      case "stock" -> stock(configuration, images, labels, input, steps);
      default -> throw new IllegalArgumentException("convoy or stock, got " + args[0]);
    }
  }

  private static void convoy(String configuration, float[] images, int[] labels, int steps) {
    Engine engine = Engine.dl4j(configuration);
    double train;
    try (LocalTrainer trainer = engine.trainer()) {
      train = medianSeconds(steps, () -> trainer.fit(images, labels, labels.length));
    }
    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(engine.initialState().parameters());
      print(labels.length, train, medianSeconds(steps, () -> scorer.score(images, labels.length)));
    }
  }

  private static void stock(
      String configuration, float[] images, int[] labels, InputShape input, int steps) {
    MultiLayerConfiguration stock = MultiLayerConfiguration.fromJson(configuration);
    stock.getConfs().forEach(layer -> layer.setCacheMode(CacheMode.NONE));
    stock.setCacheMode(CacheMode.NONE);
    MultiLayerNetwork network = new MultiLayerNetwork(stock);
    network.init();
    INDArray features =
        Nd4j.createFromArray(images)
            .reshape(labels.length, input.channels(), input.height(), input.width());
    float[][] targets = new float[labels.length][CLASSES];
    for (int i = 0; i < labels.length; i++) {
      targets[i][labels[i]] = 1;
    }
    INDArray wanted = Nd4j.createFromArray(targets);
    double train = medianSeconds(steps, () -> network.fit(features, wanted));
    print(labels.length, train, medianSeconds(steps, () -> network.output(features).close()));
  }

  private static void print(int batch, double train, double infer) {
    System.out.printf(
        Locale.ROOT, "train=%.0f images/s infer=%.0f images/s%n", batch / train, batch / infer);
  }

  private static double medianSeconds(int steps, Runnable step) {
    for (int i = 0; i < Math.max(2, steps / 2); i++) {
      step.run();
    }
    double[] seconds = new double[steps];
    for (int i = 0; i < steps; i++) {
      long start = System.nanoTime();
      step.run();
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds);
    return seconds[steps / 2];
  }
}
