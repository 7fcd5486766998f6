package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class RunningStatisticsTest {
  /** Three workers see 100, 20 and 7 values of other means and spreads. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void poolsToMeanAndVarianceOfAllTheValues(boolean logarithmic) {
    RunningStatistics layer = new RunningStatistics(1, 2, 1, logarithmic, 0.9);
    Random random = new Random(1);
    int[] counts = {100, 20, 7};
    double[] weights = new double[3];
    float[][] vectors = new float[3][];
    double[] all = new double[127];
    int filled = 0;
    for (int worker = 0; worker < 3; worker++) {
      double[] values = new double[counts[worker]];
      for (int i = 0; i < values.length; i++) {
        values[i] = 5 * worker + (worker + 1) * random.nextGaussian();
        all[filled++] = values[i];
      }
      double variance = variance(values);
      vectors[worker] =
          new float[] {
            99, (float) mean(values), (float) (logarithmic ? Math.log10(variance) / 2 : variance)
          };
      weights[worker] = counts[worker];
    }

    float[] pooled = {42, 0, 0};
    layer.pool(weights, vectors, 1_000_000, pooled);

    assertThat(pooled[0]).isEqualTo(42);
    assertThat(pooled[1]).isCloseTo((float) mean(all), offset(1e-5f));
    double variance = logarithmic ? Math.pow(10, 2.0 * pooled[2]) : pooled[2];
    assertThat(variance).isCloseTo(variance(all), offset(1e-4));
    // What averaging the stored numbers would give.
    double geometric = 0;
    for (int worker = 0; worker < 3; worker++) {
      geometric += weights[worker] * vectors[worker][2] / 127;
    }
    assertThat(logarithmic ? Math.pow(10, 2 * geometric) : geometric)
        .isLessThan(0.5 * variance(all));
  }

  @Test
  void aChannelThatNeverChangesStaysANumber() {
    RunningStatistics layer = new RunningStatistics(0, 1, 1, true, 0.9);
    float[] pooled = new float[2];
    layer.take(new float[] {3, 0}, new RunningStatistics(0, 1, 1, false, 0), pooled);
    assertThat(pooled[0]).isEqualTo(3);
    assertThat(pooled[1]).isFinite().isLessThan(-15);
    RunningStatistics still = new RunningStatistics(0, 1, 1, false, 1);
    still.pool(new double[] {1, 1}, new float[][] {{2, 5}, {2, 5}}, 7, pooled);
    assertThat(pooled).containsExactly(2, 5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void findsThePlacesInTheParameters(boolean logarithmic) {
    MultiLayerNetwork network = network(logarithmic);
    List<RunningStatistics> found = Dl4jNetwork.of(network).runningStatistics();

    assertThat(found)
        .containsExactly(
            new RunningStatistics(4, 6, 2, logarithmic, 0.9),
            // After 8 of the first layer, 2·3·9 weights without bias, 3 gammas and 3 betas.
            new RunningStatistics(8 + 54 + 6, 8 + 54 + 9, 3, logarithmic, 0.9));
    float[] parameters = network.params().dup().data().asFloat();
    for (RunningStatistics layer : found) {
      for (int c = 0; c < layer.channels(); c++) {
        assertThat(parameters[layer.means() + c]).isZero();
        assertThat(parameters[layer.spreads() + c]).isEqualTo(logarithmic ? 0 : 1);
      }
    }
    network.getLayer(3).getParam("mean").assign(7);
    assertThat(network.params().dup().data().asFloat()[68]).isEqualTo(7);
  }

  /** DL4J declares the branches one after the other and lays their parameters out in turn. */
  @Test
  void findsThePlacesInAGraphWithBranches() {
    ComputationGraph graph = residual();
    Dl4jNetwork network = Dl4jNetwork.of(graph);
    Map<Integer, String> names = new HashMap<>();
    int value = 2;
    for (String name : List.of("bn1", "bn2", "scbn")) {
      graph.getLayer(name).getParam("mean").assign(value);
      graph.getLayer(name).getParam("log10stdev").assign(-value);
      names.put(value++, name);
    }
    INDArray image = Nd4j.rand(5, 2, 6, 6);

    List<RunningStatistics> found = network.runningStatistics();
    float[] statistics = network.statistics(image);
    List<RunningStatistics> compact = RunningStatistics.compact(found);
    Map<String, INDArray> activations = graph.feedForward(new INDArray[] {image}, true);
    Map<String, String> before = Map.of("bn1", "conv1", "bn2", "conv2", "scbn", "sc");

    float[] parameters = graph.params().dup().data().asFloat();
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RunningStatistics place = found.get(i);
      int mark = Math.round(parameters[place.means()]);
      assertThat(names).containsKey(mark);
      String name = names.get(mark);
      order.add(name);
      assertThat(place.channels()).isEqualTo(name.equals("bn1") ? 3 : 4);
      for (int c = 0; c < place.channels(); c++) {
        assertThat(parameters[place.means() + c]).isEqualTo(mark);
        assertThat(parameters[place.spreads() + c]).isEqualTo(-mark);
      }
      float[] means = activations.get(before.get(name)).mean(0, 2, 3).toFloatVector();
      assertThat(Arrays.copyOfRange(statistics, compact.get(i).means(), compact.get(i).spreads()))
          .containsExactly(means, offset(1e-5f));
    }
    assertThat(order).containsExactlyInAnyOrder("bn1", "bn2", "scbn");
  }

  private static ComputationGraph residual() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv1", convolution(3), "image")
                .addLayer("bn1", new BatchNormalization(), "conv1")
                .addLayer("conv2", convolution(4), "bn1")
                .addLayer("bn2", new BatchNormalization(), "conv2")
                .addLayer("sc", convolution(4), "image")
                .addLayer("scbn", new BatchNormalization(), "sc")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn2", "scbn")
                .addLayer("out", new OutputLayer.Builder().nOut(3).build(), "add")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(6, 6, 2))
                .build());
    graph.init();
    return graph;
  }

  private static ConvolutionLayer convolution(int filters) {
    return new ConvolutionLayer.Builder(3, 3)
        .padding(1, 1)
        .nOut(filters)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Test
  void aTrainerMeasuresThemWithoutAChange() {
    String json = network(true).getLayerWiseConfigurations().toJson();
    Images images = new Images(new convoy.model.zoo.InputShape(2, 8, 8), 4, 9, 1);
    Engine engine = Engine.dl4j(json);
    List<RunningStatistics> layers = engine.runningStatistics();
    List<RunningStatistics> places = RunningStatistics.compact(layers);
    try (LocalTrainer trainer = engine.trainer()) {
      TrainingState before = engine.initialState();
      trainer.load(before, 1);
      float[] statistics = trainer.statistics(images.values, images.count);

      INDArray pixels = images.features();
      assertThat(statistics).hasSize(2 * (2 + 3));
      for (int c = 0; c < 2; c++) {
        INDArray channel =
            pixels.get(
                org.nd4j.linalg.indexing.NDArrayIndex.all(),
                org.nd4j.linalg.indexing.NDArrayIndex.point(c));
        assertThat(statistics[places.get(0).means() + c])
            .isCloseTo(channel.meanNumber().floatValue(), offset(1e-5f));
        assertThat(statistics[places.get(0).spreads() + c])
            .isCloseTo(channel.varNumber().floatValue(), offset(1e-3f));
      }
      assertThat(trainer.store().parameters()).isEqualTo(before.parameters());

      float[] changed = before.parameters().clone();
      layers.get(1).take(statistics, places.get(1), changed);
      assertThat(changed[68]).isEqualTo(statistics[places.get(1).means()]);
      assertThat(Math.pow(10, 2 * changed[71]))
          .isCloseTo(statistics[places.get(1).spreads()], offset(1e-5));
    }
  }

  private static MultiLayerNetwork network(boolean logarithmic) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .list()
                .layer(new BatchNormalization.Builder().useLogStd(logarithmic).build())
                .layer(new ActivationLayer.Builder().activation(Activation.IDENTITY).build())
                .layer(
                    new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization.Builder().useLogStd(logarithmic).build())
                .layer(new ActivationLayer.Builder().activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(8, 8, 2))
                .build());
    network.init();
    return network;
  }

  private static double mean(double[] values) {
    return Nd4j.createFromArray(values).meanNumber().doubleValue();
  }

  private static double variance(double[] values) {
    return Nd4j.createFromArray(values).var(false, 0).getDouble(0);
  }
}
