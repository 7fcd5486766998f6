package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionHelpersTest {
  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void computeWhatStockDl4jComputesForEveryNetwork(String name) {
    InputShape shape =
        name.startsWith("cifar") ? new InputShape(3, 32, 32) : new InputShape(1, 28, 28);

    assertAgree(
        Zoo.named(name, shape, 10).configuration(Optimizer.SGD, 0.1, 1),
        new Images(shape, 10, 4, 1));
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

  /** To 1e-4 of the largest value, for two minibatches of different sizes. */
  private static void assertAgree(String configuration, Images images) {
    MultiLayerNetwork stock = PlainLoop.network(configuration);
    MultiLayerNetwork fast = PlainLoop.network(configuration);
    ConvolutionHelpers.ONEDNN.install(fast);
    Images smaller = new Images(images.shape, images.classes, images.count - 1, 2);

    for (Images each : new Images[] {images, smaller}) {
      assertThat(SelfCheck.difference(gradient(stock, each), gradient(fast, each)))
          .isLessThan(1e-4);
      assertThat(SelfCheck.difference(stock.output(each.features()), fast.output(each.features())))
          .isLessThan(1e-4);
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
