package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares helpers with DL4J's own code on small networks: outputs and gradients. */
final class SelfCheck {
  /**
   * Of the largest value; what agrees does so to about 1e-6, what is wrong is off by 0.4 and more.
   */
  private static final double TOLERANCE = 1e-4;

  private static final int BATCH = 3;
  private static final int CHANNELS = 2;
  private static final int HEIGHT = 9;
  private static final int WIDTH = 8;
  private static final int CLASSES = 3;

  private SelfCheck() {}

  /** What is wrong with the helpers, or nothing. */
  static Optional<String> objection(ConvolutionHelpers helpers) {
    List<Optional<String>> found = new ArrayList<>();
    // On a thread of its own, for random numbers and workspaces are the thread's, and the caller's
    // stay as they are.
    Thread thread = new Thread(() -> found.add(compareAll(helpers)), "convolution-self-check");
    thread.start();
    waitFor(thread);
    return found.isEmpty() ? Optional.of("the self-check ended without a result") : found.get(0);
  }

  /** To the end: a cancelled task must not decide for all that come after it in this JVM. */
  private static void waitFor(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<String> compareAll(ConvolutionHelpers helpers) {
    try {
      for (Case each : cases()) {
        Optional<String> objection = each.compare(helpers);
        if (objection.isPresent()) {
          return objection;
        }
      }
      return Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return Optional.of("the self-check failed with " + root);
    }
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int kernel : new int[] {1, 3, 5}) {
      for (int stride : new int[] {1, 2}) {
        for (ConvolutionMode mode :
            new ConvolutionMode[] {ConvolutionMode.Same, ConvolutionMode.Truncate}) {
          cases.add(
              new Case(
                  "%dx%d convolution, stride %d, %s".formatted(kernel, kernel, stride, mode),
                  CHANNELS,
                  behind(convolution(kernel, stride, mode))));
        }
      }
    }
    cases.add(
        new Case(
            "convolution of the whole image",
            CHANNELS,
            behind(
                new ConvolutionLayer.Builder(HEIGHT, WIDTH)
                    .nOut(4)
                    .helperAllowFallback(false)
                    .build())));
    for (ConvolutionMode mode :
        new ConvolutionMode[] {ConvolutionMode.Same, ConvolutionMode.Truncate}) {
      cases.add(
          new Case(
              "5x5 convolution before pooling, " + mode,
              CHANNELS,
              List.of(convolution(5, 1, mode), pooling())));
    }
    cases.add(
        new Case(
            "first convolution, 5x5", CHANNELS, List.of(convolution(5, 1, ConvolutionMode.Same))));
    cases.add(
        new Case(
            "batch normalisation",
            CHANNELS,
            behind(new BatchNormalization.Builder().helperAllowFallback(false).build())));
    cases.add(new Case("2x2 maximum pooling", CHANNELS, behind(pooling())));
    return cases;
  }

  /** Without DL4J's quiet fall-back, so that a helper that throws is heard. */
  private static Layer convolution(int kernel, int stride, ConvolutionMode mode) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .convolutionMode(mode)
        .nOut(4)
        .activation(Activation.RELU)
        .helperAllowFallback(false)
        .build();
  }

  private static Layer pooling() {
    return new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build();
  }

  /** A layer, behind a convolution whose gradient shows what the layer passes back. */
  private static List<Layer> behind(Layer layer) {
    return List.of(convolution(1, 1, ConvolutionMode.Truncate), layer);
  }

  /** A small network: the layers, and an output. */
  private record Case(String name, int channels, List<Layer> layers) {
    Optional<String> compare(ConvolutionHelpers helpers) {
      MultiLayerNetwork stock = network();
      MultiLayerNetwork fast = network();
      helpers.install(fast, Use.TRAINING);
      MultiLayerNetwork scoring = network();
      helpers.install(scoring, Use.INFERENCE);
      INDArray images = Nd4j.rand(DataType.FLOAT, BATCH, channels, HEIGHT, WIDTH);
      INDArray labels = Nd4j.eye(CLASSES).castTo(DataType.FLOAT);
      double gradients =
          difference(gradients(stock, images, labels), gradients(fast, images, labels));
      INDArray expected = stock.output(images);
      double outputs =
          Math.max(
              difference(expected, fast.output(images)),
              difference(expected, scoring.output(images)));
      Optional<String> objection =
          gradients <= TOLERANCE && outputs <= TOLERANCE
              ? Optional.empty()
              : Optional.of(
                  "%s: gradients differ by %.1e and outputs by %.1e of the largest value"
                      .formatted(name, gradients, outputs));
      Dl4jNetwork.close(stock);
      Dl4jNetwork.close(fast);
      Dl4jNetwork.close(scoring);
      return objection;
    }

    private MultiLayerNetwork network() {
      NeuralNetConfiguration.ListBuilder list =
          new NeuralNetConfiguration.Builder().seed(1).dataType(DataType.FLOAT).list();
      layers.forEach(layer -> list.layer(layer.clone()));
      list.layer(new OutputLayer.Builder().activation(Activation.SOFTMAX).nOut(CLASSES).build());
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              list.setInputType(InputType.convolutional(HEIGHT, WIDTH, channels)).build());
      network.init();
      return network;
    }

    private static INDArray gradients(MultiLayerNetwork network, INDArray images, INDArray labels) {
      return network.calculateGradients(images, labels, null, null).getFirst().gradient();
    }
  }

  /**
   * The largest difference, as a share of the largest expected value; NaN where either holds one.
   */
  static double difference(INDArray expected, INDArray actual) {
    // In plain Java, because ND4J's maximum passes over NaN.
    float[] expectedValues = expected.dup('c').data().asFloat();
    float[] actualValues = actual.dup('c').data().asFloat();
    double largest = Float.MIN_NORMAL;
    double difference = 0;
    for (int i = 0; i < expectedValues.length; i++) {
      largest = Math.max(largest, Math.abs(expectedValues[i]));
      difference = Math.max(difference, Math.abs(expectedValues[i] - actualValues[i]));
    }
    return difference / largest;
  }
}
