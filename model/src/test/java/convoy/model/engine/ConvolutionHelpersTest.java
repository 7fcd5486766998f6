package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.model.engine.ConvolutionHelpers.Use;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Variation;
import convoy.model.zoo.Zoo;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionHelpersTest {
  private static final Activation[] ACTIVATIONS = {
    Activation.RELU, Activation.RELU, Activation.TANH, Activation.IDENTITY
  };

  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void computeWhatStockDl4jComputesForEveryNetwork(String name) {
    InputShape shape =
        name.startsWith("cifar") ? new InputShape(3, 32, 32) : new InputShape(1, 28, 28);

    assertAgree(
        Zoo.named(name, shape, 10).configuration(Optimizer.SGD, 0.1, 1),
        new Images(shape, 10, 4, 1));
  }

  /** Dropout everywhere and nowhere, and numbers of filters that fill no vector. */
  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void computeWhatStockDl4jComputesForEveryVariedNetwork(String name) {
    InputShape shape = Zoo.usualInput(name);
    Integer filters = name.equals("mlp") ? null : 7;

    for (double dropout : new double[] {0, 0.3}) {
      Network varied = new Variation(dropout, filters, 50).applyTo(Zoo.named(name, shape, 10));
      assertAgree(varied.configuration(Optimizer.SGD, 0.1, 1), new Images(shape, 10, 4, 1));
    }
  }

  /**
   * DL4J applies it to the ReLU's output in place, even behind a layer that drops values of it, and
   * it changes signs.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void computeAReluBeforeNoise(boolean dropsFirst) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder().seed(1).list().layer(relu(0));
    if (dropsFirst) {
      layers.layer(new DropoutLayer(0.5));
    }
    String configuration =
        layers
            .layer(relu(2))
            .layer(relu(0))
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(9, 9, 2))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(2, 9, 9), 3, 5, 1));
  }

  private static ConvolutionLayer relu(double noise) {
    ConvolutionLayer.Builder layer =
        new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU);
    return (noise == 0 ? layer : layer.dropOut(new GaussianNoise(noise)))
        .helperAllowFallback(false)
        .build();
  }

  @Test
  void computeBatchNormalisationBehindConvolutionsAndDenseLayers() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(8).build())
            .layer(new BatchNormalization.Builder().activation(Activation.RELU).build())
            .layer(new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build())
            .layer(new BatchNormalization.Builder().build())
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(9, 7, 2))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(2, 9, 7), 3, 5, 1));
  }

  /** The window covers the whole image, and the image behind it is a single pixel. */
  @ParameterizedTest
  @EnumSource(names = {"Truncate", "Same"})
  void computeWindowsAsLargeAsTheImage(ConvolutionMode mode) {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .convolutionMode(mode)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
            .layer(new ConvolutionLayer.Builder(5, 5).nOut(8).activation(Activation.RELU).build())
            .layer(new ConvolutionLayer.Builder(1, 1).nOut(6).hasBias(false).build())
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(7, 7, 2))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(2, 7, 7), 3, 5, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,Truncate,1",
    "2,2,1,Same,1",
    "3,3,1,Same,3",
    "4,4,1,Truncate,2",
    "5,5,1,Same,1",
    "6,6,1,Same,2",
    "7,7,1,Truncate,1",
    "11,3,1,Same,3",
    "3,11,1,Truncate,1",
    "3,3,2,Same,1",
    "5,3,2,Truncate,2"
  })
  void computeTheFirstConvolutionInFrontOfPooling(
      int rows, int columns, int stride, ConvolutionMode mode, int channels) {
    for (Activation activation :
        new Activation[] {Activation.RELU, Activation.TANH, Activation.IDENTITY}) {
      String configuration =
          new NeuralNetConfiguration.Builder()
              .seed(1)
              .convolutionMode(mode)
              .list()
              .layer(
                  new ConvolutionLayer.Builder(rows, columns)
                      .nOut(5)
                      .stride(stride, stride)
                      .activation(activation)
                      .hasBias(columns != 4)
                      .build())
              .layer(
                  new SubsamplingLayer.Builder(PoolingType.MAX)
                      .convolutionMode(ConvolutionMode.Truncate)
                      .kernelSize(2, 2)
                      .stride(2, 2)
                      .build())
              .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
              .setInputType(InputType.convolutionalFlat(15, 14, channels))
              .build()
              .toJson();

      assertAgree(configuration, new Images(new InputShape(channels, 15, 14), 3, 5, 1));
    }
  }

  /** Layers, kernels, strides, padding, dilation and activations drawn by chance. */
  @ParameterizedTest
  @MethodSource("seeds")
  void computeWhatStockDl4jComputesForRandomNetworks(int seed) {
    Random random = new Random(seed);
    int channels = 1 + random.nextInt(4);
    int height = 8 + random.nextInt(10);
    int width = 8 + random.nextInt(10);
    NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().seed(1).list();
    int smallest = Math.min(height, width);
    boolean startsWithConvolution = random.nextInt(5) > 0;
    for (int i = 0, count = 1 + random.nextInt(4); i < count; i++) {
      boolean same = random.nextBoolean();
      int kernel = 1 + random.nextInt(Math.min(same ? 7 : 5, smallest));
      int stride = random.nextInt(3) == 0 ? 2 : 1;
      int kind = i == 0 && startsWithConvolution ? 0 : random.nextInt(5);
      if (kind == 4) {
        list.layer(new BatchNormalization.Builder().build());
        continue;
      }
      if (kind == 3) {
        kernel = Math.min(2 + random.nextInt(2), smallest);
        stride = 1 + random.nextInt(2);
        list.layer(
            new SubsamplingLayer.Builder(random.nextInt(3) == 0 ? PoolingType.AVG : PoolingType.MAX)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .convolutionMode(mode(same))
                .build());
      } else {
        int dilation = !same && 2 * kernel - 1 <= smallest && random.nextInt(5) == 0 ? 2 : 1;
        int padding = same ? 0 : random.nextInt(kernel);
        list.layer(
            new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(1 + random.nextInt(20))
                .stride(stride, stride)
                .padding(padding, padding)
                .dilation(dilation, dilation)
                .convolutionMode(mode(same))
                .hasBias(random.nextInt(4) > 0)
                .activation(ACTIVATIONS[random.nextInt(ACTIVATIONS.length)])
                // So that a helper that throws is heard.
                .helperAllowFallback(false)
                .build());
        kernel = (kernel - 1) * dilation + 1 - 2 * padding;
      }
      smallest = same ? (smallest + stride - 1) / stride : (smallest - kernel) / stride + 1;
    }
    String configuration =
        list.layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(height, width, channels))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(channels, height, width), 3, 5, seed));
  }

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 100);
  }

  private static ConvolutionMode mode(boolean same) {
    return same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
  }

  /** Batch normalisation is given the ReLU too, and does not apply it. */
  @Test
  void computePoolingBehindALayerThatDoesNotApplyItsRelu() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .activation(Activation.RELU)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(8).build())
            .layer(new BatchNormalization.Builder().build())
            .layer(maximumPooling())
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutionalFlat(10, 8, 2))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(2, 10, 8), 3, 5, 1));
  }

  @Test
  void computePoolingBehindAPreprocessor() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
            .layer(maximumPooling())
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .inputPreProcessor(
                1,
                new ComposableInputPreProcessor(
                    new CnnToFeedForwardPreProcessor(8, 6, 4),
                    new FeedForwardToCnnPreProcessor(8, 6, 4)))
            .setInputType(InputType.convolutionalFlat(10, 8, 2))
            .build()
            .toJson();

    assertAgree(configuration, new Images(new InputShape(2, 10, 8), 3, 5, 1));
  }

  /** One network for images of changing size. */
  @Test
  void computeImagesOfAnotherSizeThanTheLast() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .convolutionMode(ConvolutionMode.Same)
            .list()
            .layer(
                new ConvolutionLayer.Builder(3, 3)
                    .nIn(1)
                    .nOut(4)
                    .activation(Activation.RELU)
                    .build())
            .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build())
            .layer(new OutputLayer.Builder().nIn(4).nOut(3).activation(Activation.SOFTMAX).build())
            .build()
            .toJson();
    MultiLayerNetwork stock = PlainLoop.network(configuration);
    MultiLayerNetwork fast = PlainLoop.network(configuration);
    ConvolutionHelpers.ONEDNN.install(fast, Use.TRAINING);

    for (InputShape shape :
        new InputShape[] {
          new InputShape(1, 12, 9), new InputShape(1, 9, 12), new InputShape(1, 5, 6)
        }) {
      Images images = new Images(shape, 3, 4, 1);
      assertThat(SelfCheck.difference(gradient(stock, images), gradient(fast, images)))
          .isLessThan(1e-4);
    }
  }

  private static SubsamplingLayer maximumPooling() {
    return new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build();
  }

  /** To 1e-4 of the largest value, for two minibatches of different sizes. */
  private static void assertAgree(String configuration, Images images) {
    MultiLayerNetwork stock = PlainLoop.network(configuration);
    MultiLayerNetwork fast = PlainLoop.network(configuration);
    ConvolutionHelpers.ONEDNN.install(fast, Use.TRAINING);
    MultiLayerNetwork scoring = PlainLoop.network(configuration);
    ConvolutionHelpers.ONEDNN.install(scoring, Use.INFERENCE);
    Images smaller = new Images(images.shape, images.classes, images.count - 1, 2);

    for (Images each : new Images[] {images, smaller}) {
      assertThat(SelfCheck.difference(gradient(stock, each), gradient(fast, each)))
          .isLessThan(1e-4);
      INDArray expected = stock.output(each.features());
      assertThat(SelfCheck.difference(expected, fast.output(each.features()))).isLessThan(1e-4);
      assertThat(SelfCheck.difference(expected, scoring.output(each.features()))).isLessThan(1e-4);
    }
  }

  private static INDArray gradient(MultiLayerNetwork network, Images images) {
    Nd4j.getRandom().setSeed(1);
    return network
        .calculateGradients(images.features(), images.oneHot(), null, null)
        .getFirst()
        .gradient();
  }
}
