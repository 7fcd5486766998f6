package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;

class ZooTest {
  private static final InputShape MNIST = new InputShape(1, 28, 28);
  private static final InputShape CIFAR = new InputShape(3, 32, 32);

  @Test
  void namesTheSevenNetworks() {
    assertThat(Zoo.names())
        .containsExactly(
            "lenet5", "mlp", "cnn-small", "cnn-deep", "mnist-wide", "cifar-deep", "cifar-wide");
    assertThat(Zoo.names()).allSatisfy(name -> assertThat(named(name).name()).isEqualTo(name));
  }

  /** Counted by hand from the layers' shapes: (inputs * window + 1) * outputs, layer by layer. */
  @ParameterizedTest
  @CsvSource({
    "lenet5, 61706",
    "mlp, 335114",
    "cnn-small, 217194",
    "cnn-deep, 329962",
    "mnist-wide, 3274634",
    "cifar-deep, 890410",
    "cifar-wide, 2889034",
  })
  void hasTheParametersOfItsArchitecture(String name, long parameters) {
    assertThat(initialised(named(name)).numParams()).isEqualTo(parameters);
  }

  @Test
  void givesEachNetworkItsRecipe() {
    assertThat(Zoo.names().stream().map(name -> named(name).recipe()))
        .containsExactly(
            new Recipe(Optimizer.ADAM, 1e-3, Schedule.ONE_CYCLE, 128, 30, 0),
            new Recipe(Optimizer.SGD, 1e-2, Schedule.CONSTANT, 32, 30, 0),
            new Recipe(Optimizer.SGD, 1e-2, Schedule.CONSTANT, 32, 30, 0),
            new Recipe(Optimizer.SGD, 1e-2, Schedule.CONSTANT, 32, 30, 0),
            new Recipe(Optimizer.ADAM, 1e-4, Schedule.CONSTANT, 50, 0, 10_000),
            new Recipe(Optimizer.ADAM, 1e-3, Schedule.CONSTANT, 128, 30, 0),
            new Recipe(Optimizer.RMSPROP, 1e-3, Schedule.CONSTANT, 128, 0, 10_000));
  }

  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void takesImagesAsBatchChannelsHeightWidth(String name) {
    Network network = Zoo.named(name, CIFAR, 7);

    long[] output = initialised(network).output(Nd4j.rand(DataType.FLOAT, 2, 3, 32, 32)).shape();

    assertThat(output).containsExactly(2, 7);
  }

  @Test
  void adaptsToImagesThatAreNotSquare() {
    MultiLayerNetwork network = initialised(Zoo.named("cnn-small", new InputShape(2, 20, 11), 3));

    assertThat(network.output(Nd4j.rand(DataType.FLOAT, 1, 2, 20, 11)).shape())
        .containsExactly(1, 3);
  }

  @Test
  void startsFromTheSameParametersForTheSameSeed() {
    Network network = named("lenet5");

    String configuration = network.configuration(Optimizer.SGD, 0.1, 5);

    assertThat(network.configuration(Optimizer.SGD, 0.1, 5)).isEqualTo(configuration);
    assertThat(network.configuration(Optimizer.SGD, 0.1, 6)).isNotEqualTo(configuration);
  }

  @Test
  void boundsTheGradientsOfEachLayer() {
    LearningRate rate = LearningRate.constant(0.25);
    MultiLayerConfiguration bounded =
        MultiLayerConfiguration.fromJson(
            named("lenet5").configuration(Optimizer.SGD, rate, 1.5, 0, 5));

    BaseLayer layer = (BaseLayer) bounded.getConf(0).getLayer();
    assertThat(layer.getGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
    assertThat(layer.getGradientNormalizationThreshold()).isEqualTo(1.5);
  }

  @Test
  void takesItsWeightDecayOffWeightsAloneTimesTheLearningRate() {
    LearningRate rate = LearningRate.constant(0.25);
    MultiLayerConfiguration decaying =
        MultiLayerConfiguration.fromJson(
            named("lenet5").configuration(Optimizer.SGD, rate, 0, 0.01, 5));

    BaseLayer layer = (BaseLayer) decaying.getConf(0).getLayer();
    assertThat(layer.getRegularization()).containsExactly(new WeightDecay(0.01, true));
    assertThat(layer.getRegularizationBias()).isNullOrEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void refusesAWeightDecayThatIsNoShare(double decay) {
    LearningRate rate = LearningRate.constant(0.25);
    assertThatThrownBy(() -> named("mlp").configuration(Optimizer.SGD, rate, 0, decay, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight decay must be at least 0 and below 1, got " + decay);
  }

  @Test
  void putsOptimizerAndLearningRateIntoTheConfiguration() {
    MultiLayerConfiguration configuration =
        MultiLayerConfiguration.fromJson(named("lenet5").configuration(Optimizer.ADAM, 0.25, 5));

    assertThat(((BaseLayer) configuration.getConf(0).getLayer()).getIUpdater())
        .isEqualTo(new Adam(0.25));
  }

  @Test
  void answersAnUnknownNameWithTheNearestOne() {
    assertThatThrownBy(() -> Zoo.named("lenet-5", MNIST, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown network 'lenet-5'. Did you mean lenet5? Known are: lenet5, mlp, cnn-small,"
                + " cnn-deep, mnist-wide, cifar-deep, cifar-wide");
  }

  @Test
  void refusesImagesTooSmallForItsWindows() {
    assertThatThrownBy(() -> Zoo.named("lenet5", new InputShape(1, 8, 8), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "lenet5 does not fit images of 8x8x1: layer conv2 has windows of 5x5, and only 4x4 of"
                + " the image reaches it. Use images of at least 28x28, or another network.");
  }

  @Test
  void refusesImagesTooNarrowThoughHighEnough() {
    assertThatThrownBy(() -> Zoo.named("cifar-deep", new InputShape(3, 64, 4), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cifar-deep does not fit images of 64x4x3: layer conv2 has windows of 3x3, and only"
                + " 62x2 of the image reaches it. Use images of at least 16x16, or another"
                + " network.");
  }

  @ParameterizedTest
  @CsvSource({
    "lenet5, 28",
    "mlp, 1",
    "cnn-small, 10",
    "cnn-deep, 16",
    "mnist-wide, 4",
    "cifar-deep, 16",
    "cifar-wide, 7",
  })
  void fitsImagesDownToTheSizeItNames(String name, int side) {
    Network smallest = Zoo.named(name, new InputShape(1, side, side), 2);

    assertThat(initialised(smallest).output(Nd4j.rand(DataType.FLOAT, 1, 1, side, side)).shape())
        .containsExactly(1, 2);
    if (side > 1) {
      assertThatThrownBy(() -> Zoo.named(name, new InputShape(1, side - 1, side - 1), 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least %dx%d", side, side);
    }
  }

  @Test
  void refusesFewerThanTwoClasses() {
    assertThatThrownBy(() -> Zoo.named("mlp", MNIST, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mlp: classes must be at least 2, got 1");
  }

  @Test
  void refusesALearningRateOfZero() {
    assertThatThrownBy(() -> named("mlp").configuration(Optimizer.SGD, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learning rate must be above 0 and finite, got 0.0");
  }

  @Test
  void storesTheShareOfValuesThatDropoutKeeps() {
    String json = named("cifar-wide").configuration(Optimizer.SGD, 0.1, 1);

    assertThat(json).contains("\"p\" : 0.8");
  }

  private static Network named(String name) {
    return Zoo.named(
        name, Map.of("cifar-deep", CIFAR, "cifar-wide", CIFAR).getOrDefault(name, MNIST), 10);
  }

  private static MultiLayerNetwork initialised(Network network) {
    MultiLayerNetwork built =
        new MultiLayerNetwork(
            MultiLayerConfiguration.fromJson(network.configuration(Optimizer.SGD, 0.1, 1)));
    built.init();
    return built;
  }
}
