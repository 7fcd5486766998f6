package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class VariationTest {
  /** SHA-256 of the JSON as it was before there were variations: runs of then can still go on. */
  @ParameterizedTest
  @CsvSource({
    "lenet5, 1af01a0c8e68fed6e31f4906b64abebf4e6dcabef6df3b270caa16c0c88f555c",
    "mlp, 295e38fcbee8d7c157a37f4f7a3f8b161f7e98b8514122c1f3b20dd4d9156c08",
    "cnn-small, 961ad589fae72c9cb60bc07c740748c159c7e7bbdbc4e7745eadb1692b0a1a9f",
    "cnn-deep, 46c98b3983f2c3cd3e0bb7ceb04d49f65f9df8a714f3e88d15f46d9f5e8ad94f",
    "mnist-wide, 163a438fd74b493d36a983ed2dec6d82524120c718d0687d725aa3102fcd4074",
    "cifar-deep, 20a0f7fbd4fcba2492025dabdd72e8a20afd9d29aa6e91b656f8fd34b6ef2f7b",
    "cifar-wide, d32a8a3912ea6d5e92c7f6f299adf7cda1db270e82564bd28e58000fb6d2bcba",
  })
  void ofNothingLeavesEveryConfigurationAsItWas(String name, String sha256)
      throws NoSuchAlgorithmException {
    Network network = Variation.NONE.applyTo(named(name));

    String json = network.configuration(Optimizer.ADAM, 1e-3, 1);

    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .isEqualTo(sha256);
    assertThat(network).isEqualTo(named(name));
    assertThat(network.variation()).isEqualTo(Variation.NONE);
  }

  /** Counted by hand: (inputs * window + 1) * outputs, layer by layer. */
  @ParameterizedTest
  @CsvSource({
    "lenet5, 12, 100, 227294",
    "lenet5, 1, , 4238",
    "lenet5, 6, 84, 61706",
    "mlp, , 10, 8180",
    "cnn-small, 8, , 54690",
    "cnn-deep, 16, 64, 49850",
    "mnist-wide, 3, , 312864",
    "cifar-deep, , 128, 271786",
    "cifar-wide, 32, , 1328874",
  })
  void sizesConvolutionsInProportionAndDenseLayersAlike(
      String name, Integer filters, Integer denseUnits, long parameters) {
    Network varied = new Variation(null, filters, denseUnits).applyTo(named(name));

    assertThat(initialised(varied).numParams()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({
    "lenet5, conv1 pool1 conv2 pool2 conv3 dense1 dropout1 output",
    "mlp, dense1 dropout1 dense2 dropout2 dense3 dropout3 output",
    "cnn-small, conv1 pool1 conv2 pool2 dense1 dropout1 output",
    "cnn-deep, conv1 conv2 pool1 dropout1 conv3 conv4 pool2 dropout2 dense1 dropout3 output",
    "mnist-wide, conv1 pool1 conv2 pool2 dense1 dropout1 output",
    "cifar-deep, conv1 conv2 pool1 dropout1 conv3 conv4 pool2 dropout2 dense1 dropout3 output",
    "cifar-wide, conv1 pool1 conv2 pool2 conv3 conv4 conv5 dense1 dropout1 output",
  })
  void dropsWhereTheNetworkDropsOrElseBehindItsDenseLayers(String name, String layers) {
    Network varied = new Variation(0.3, null, null).applyTo(named(name));

    assertThat(names(varied)).containsExactly(layers.split(" ", -1));
    assertThat(varied.layers().stream().filter(DropoutLayer.class::isInstance))
        .isNotEmpty()
        .allSatisfy(layer -> assertThat(layer.getIDropout()).isEqualTo(new Dropout(0.7)));
    assertThat(initialised(varied).numParams()).isEqualTo(initialised(named(name)).numParams());
  }

  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void ofADropoutOfNothingHasNoDropoutLayers(String name) {
    Network varied = new Variation(0.0, null, null).applyTo(named(name));

    assertThat(names(varied))
        .containsExactlyElementsOf(
            names(named(name)).stream().filter(layer -> !layer.startsWith("dropout")).toList());
  }

  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void keepsTheNetworksNameRecipeAndImages(String name) {
    Network named = Zoo.named(name, new InputShape(2, 33, 30), 7);

    Network varied = new Variation(0.5, null, 20).applyTo(named);

    assertThat(varied.name()).isEqualTo(name);
    assertThat(varied.recipe()).isEqualTo(named.recipe());
    assertThat(varied.input()).isEqualTo(named.input());
    assertThat(varied.classes()).isEqualTo(7);
    assertThat(varied.variation()).isEqualTo(new Variation(0.5, null, 20));
    assertThat(initialised(varied).output(Nd4j.rand(DataType.FLOAT, 3, 2, 33, 30)).shape())
        .containsExactly(3, 7);
  }

  @Test
  void isTheSameOnEveryCall() {
    Network varied = new Variation(0.5, 9, 20).applyTo(named("cnn-deep"));

    assertThat(varied.configuration(Optimizer.ADAM, 1e-3, 1))
        .isEqualTo(varied.configuration(Optimizer.ADAM, 1e-3, 1));
  }

  @Test
  void refusesFiltersForANetworkWithoutConvolutions() {
    Variation variation = new Variation(null, 8, null);

    assertThatThrownBy(() -> variation.applyTo(named("mlp")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("filters: mlp has no convolutions; leave them out, or choose another network");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void refusesADropoutThatLeavesNothingOrIsNoShare(double dropout) {
    assertThatThrownBy(() -> new Variation(dropout, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dropout must be at least 0 and below 1, got " + dropout);
  }

  @Test
  void refusesLayersOfNothing() {
    assertThatThrownBy(() -> new Variation(null, 0, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("filters must be at least 1, got 0");
    assertThatThrownBy(() -> new Variation(null, null, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dense units must be at least 1, got -1");
  }

  @Test
  void travels() throws IOException, ClassNotFoundException {
    Network varied = new Variation(0.5, null, 20).applyTo(named("cnn-deep"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(varied);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(varied);
    }
  }

  private static Network named(String name) {
    return Zoo.named(name, Zoo.usualInput(name), 10);
  }

  private static List<String> names(Network network) {
    return network.layers().stream().map(Layer::getLayerName).toList();
  }

  private static MultiLayerNetwork initialised(Network network) {
    MultiLayerNetwork built =
        new MultiLayerNetwork(
            MultiLayerConfiguration.fromJson(network.configuration(Optimizer.SGD, 0.1, 1)));
    built.init();
    return built;
  }
}
