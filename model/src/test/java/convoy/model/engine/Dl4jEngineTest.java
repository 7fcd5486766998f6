package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

class Dl4jEngineTest {
  private static final InputShape SHAPE = new InputShape(1, 28, 28);
  private static final String LENET5 =
      Zoo.named("lenet5", SHAPE, 10).configuration(Optimizer.ADAM, 1e-3, 42);

  @Test
  void startsFromTheParametersThatDl4jInitialises() {
    TrainingState state = Engine.dl4j(LENET5).initialState();

    assertThat(state.parameters())
        .isEqualTo(PlainLoop.network(LENET5).params().dup().data().asFloat());
    assertThat(state.updaterState()).hasSize(2 * 61_706).containsOnly(0f);
    assertThat(state.iteration()).isZero();
    assertThat(state.epoch()).isZero();
  }

  @Test
  void takesZeroForASeedLikeAnyOther() {
    String configuration = Zoo.named("lenet5", SHAPE, 10).configuration(Optimizer.ADAM, 1e-3, 0);

    assertThat(Engine.dl4j(configuration).initialState().parameters())
        .isEqualTo(Engine.dl4j(configuration).initialState().parameters());
  }

  @Test
  void hasNoUpdaterStateForPlainGradientDescent() {
    String configuration = Zoo.named("mlp", SHAPE, 10).configuration(Optimizer.SGD, 0.1, 1);

    assertThat(Engine.dl4j(configuration).initialState().updaterState()).isEmpty();
  }

  @Test
  void scoresAsPlainDl4jDoes() {
    Images images = new Images(SHAPE, 10, 20, 1);
    Engine engine = Engine.dl4j(LENET5);

    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(engine.initialState().parameters());
      float[] probabilities = scorer.score(images.values, 20);

      float[] expected =
          PlainLoop.network(LENET5).output(images.features()).dup('c').data().asFloat();
      assertThat(probabilities).hasSize(200);
      for (int i = 0; i < expected.length; i++) {
        assertThat(probabilities[i]).isCloseTo(expected[i], within(1e-5f));
      }
    }
  }

  @Test
  void scoresAnImageTheSameInAnyBatch() {
    Images images = new Images(SHAPE, 10, 1000, 1);
    Engine engine = Engine.dl4j(LENET5);

    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(engine.initialState().parameters());
      // More than one piece, the last one short.
      float[] all = scorer.score(images.values, 2 * LocalScorer.PIECE + 50);
      for (int from : new int[] {0, 100, 2 * LocalScorer.PIECE + 47}) {
        int values = SHAPE.values();
        float[] few =
            scorer.score(Arrays.copyOfRange(images.values, from * values, (from + 3) * values), 3);

        for (int i = 0; i < few.length; i++) {
          assertThat(few[i]).isCloseTo(all[from * 10 + i], within(1e-6f));
        }
      }
    }
  }

  @Test
  void travels() throws IOException, ClassNotFoundException {
    Engine engine = Engine.dl4j(LENET5);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(engine);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(engine);
    }
  }

  @Test
  void refusesWhatIsNotAConfiguration() {
    assertThatThrownBy(() -> Engine.dl4j("{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("configuration: not the JSON of a DL4J MultiLayerNetwork");
  }

  @Test
  void refusesDoublePrecision() {
    String configuration = convolutional(DataType.DOUBLE, CNN2DFormat.NCHW);

    assertThatThrownBy(() -> Engine.dl4j(configuration))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "configuration: data type must be FLOAT, got DOUBLE; build it with"
                + " dataType(DataType.FLOAT)");
  }

  @Test
  void refusesChannelsLast() {
    String configuration = convolutional(DataType.FLOAT, CNN2DFormat.NHWC);

    assertThatThrownBy(() -> Engine.dl4j(configuration))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "layer first: images must be laid out as NCHW, got NHWC; build it with"
                + " CNN2DFormat.NCHW");
  }

  @Test
  void refusesAConfigurationThatDoesNotSayTheImagesShape() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .list()
            .layer(new DenseLayer.Builder().nIn(4).nOut(4).build())
            .layer(new OutputLayer.Builder().nIn(4).nOut(2).activation(Activation.SOFTMAX).build())
            .build()
            .toJson();

    assertThatThrownBy(() -> Engine.dl4j(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "configuration: does not say the shape of its images; build a network that begins with"
                + " a convolution with InputType.convolutionalFlat(height, width, channels), one"
                + " that begins with a dense layer with InputType.convolutional(height, width,"
                + " channels)");
  }

  @Test
  void refusesANetworkWithoutOutputLayer() {
    String configuration =
        new NeuralNetConfiguration.Builder()
            .list()
            .layer(new DenseLayer.Builder().nOut(4).build())
            .layer(new ActivationLayer.Builder().activation(Activation.RELU).build())
            .setInputType(InputType.convolutional(2, 2, 1))
            .build()
            .toJson();

    assertThatThrownBy(() -> Engine.dl4j(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("configuration: the last layer must be an OutputLayer, got ActivationLayer");
  }

  private static String convolutional(DataType type, CNN2DFormat format) {
    return new NeuralNetConfiguration.Builder()
        .dataType(type)
        .list()
        .layer(new ConvolutionLayer.Builder(3, 3).name("first").nOut(4).dataFormat(format).build())
        .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
        .setInputType(InputType.convolutional(8, 8, 1, format))
        .build()
        .toJson();
  }
}
