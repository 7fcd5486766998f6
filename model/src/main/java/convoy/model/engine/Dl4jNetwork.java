package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DL4J network of either kind, whose training state can be taken out and put in. Used by one
 * thread at a time; closing it frees the network's arrays.
 */
public abstract sealed class Dl4jNetwork implements AutoCloseable {
  private final Model model;
  private final INDArray parameters;

  /** Null for an update rule without state. */
  private final INDArray updaterState;

  private Dl4jNetwork(Model model, INDArray updaterState) {
    this.model = model;
    this.updaterState = updaterState;
    parameters = model.params();
    if (!OffHeap.liesDensely(parameters)) {
      throw new IllegalArgumentException(
          "the network's parameters must be of type FLOAT, got %s; build it with dataType(DataType.FLOAT)"
              .formatted(parameters.dataType()));
    }
  }

  /** A network that has been initialised. */
  public static Dl4jNetwork of(MultiLayerNetwork network) {
    return new Layered(network);
  }

  /** A graph that has been initialised. */
  public static Dl4jNetwork of(ComputationGraph graph) {
    return new Graph(graph);
  }

  /** All it takes to build the network again, but for its state. */
  public abstract Description description();

  /** The network itself. */
  public Model model() {
    return model;
  }

  /** Where batch normalisation keeps its running statistics, in the order of the parameters. */
  public List<RunningStatistics> runningStatistics() {
    return RunningStatistics.of(holders());
  }

  /** A copy of parameters, updater state and counters. */
  public TrainingState state() {
    return new TrainingState(
        OffHeap.read(parameters),
        updaterState == null ? new float[0] : OffHeap.read(updaterState),
        iteration(),
        epoch());
  }

  /**
   * Sets parameters, updater state and counters.
   *
   * @throws IllegalArgumentException if a length is not this network's
   */
  public void set(TrainingState state) {
    OffHeap.requireLength("parameters", parameters, state.parameters());
    OffHeap.requireLength("updater state", updaterState, state.updaterState());
    OffHeap.write(state.parameters(), parameters);
    if (updaterState != null) {
      OffHeap.write(state.updaterState(), updaterState);
    }
    count(state.iteration(), state.epoch());
  }

  /**
   * Sets the state and starts dropout's random numbers at {@code seed}.
   *
   * @throws IllegalArgumentException if a length is not this network's
   */
  public void load(TrainingState state, long seed) {
    set(state);
    // ND4J takes a seed of 0 for "another one each time".
    Nd4j.getRandom().setSeed(seed == 0 ? Long.MIN_VALUE : seed);
  }

  /** A set of one input and one output, as a {@code MultiLayerNetwork} takes it. */
  public static DataSet single(MultiDataSet set) {
    INDArray[] inputMasks = set.getFeaturesMaskArrays();
    INDArray[] outputMasks = set.getLabelsMaskArrays();
    return new DataSet(
        set.getFeatures(0),
        set.getLabels(0),
        inputMasks == null ? null : inputMasks[0],
        outputMasks == null ? null : outputMasks[0]);
  }

  /** Fits one minibatch and returns its mean loss before the update, regularisation included. */
  public abstract double fit(MultiDataSet minibatch);

  /** Sets what {@code score()} of the network returns. */
  public abstract void setScore(double score);

  /**
   * What batch normalisation sees of a minibatch that is passed through as in training: mean and
   * variance of each channel before each of its layers, laid out as {@link
   * RunningStatistics#compact} says. Changes no parameter.
   */
  public float[] statistics(INDArray... features) {
    List<RunningStatistics> places = RunningStatistics.compact(runningStatistics());
    float[] statistics = new float[places.isEmpty() ? 0 : places.get(places.size() - 1).end()];
    List<Normalized> inputs = normalized(features);
    for (int i = 0; i < places.size(); i++) {
      INDArray input = inputs.get(i).input;
      int[] others = inputs.get(i).others();
      copy(input.mean(others), statistics, places.get(i), places.get(i).means());
      copy(input.var(false, others), statistics, places.get(i), places.get(i).spreads());
    }
    return statistics;
  }

  private static void copy(INDArray from, float[] to, RunningStatistics place, int at) {
    float[] values = from.toFloatVector();
    if (values.length != place.channels()) {
      throw new IllegalStateException(
          "batch normalisation of %d channels is given %d"
              .formatted(place.channels(), values.length));
    }
    System.arraycopy(values, 0, to, at, values.length);
  }

  /** A layer of batch normalisation and what it is given. */
  private record Normalized(Layer layer, INDArray input) {
    static Normalized of(Layer layer, INDArray before, InputPreProcessor preProcessor) {
      return new Normalized(
          layer,
          preProcessor == null
              ? before
              : preProcessor.preProcess(
                  before, Math.toIntExact(before.size(0)), LayerWorkspaceMgr.noWorkspaces()));
    }

    /** All dimensions but that of the channels. */
    int[] others() {
      if (input.rank() == 2) {
        return new int[] {0};
      }
      return Blueprint.isChannelsFirst(layer) ? new int[] {0, 2, 3} : new int[] {0, 1, 2};
    }
  }

  /** The inputs of the layers of batch normalisation, as in training. */
  abstract List<Normalized> normalized(INDArray[] features);

  /** What has parameters, and perhaps what has none, in the order of the parameters. */
  abstract List<? extends Trainable> holders();

  abstract int iteration();

  abstract int epoch();

  abstract void count(int iteration, int epoch);

  abstract INDArray gradients();

  /** Frees what the network holds; DL4J's own {@code close} also runs a full garbage collection. */
  @Override
  public void close() {
    close(updaterState, gradients(), parameters);
  }

  /** Likewise for a network that may never have been trained. */
  static void close(MultiLayerNetwork network) {
    Updater updater = network.getUpdater(false);
    close(
        updater == null ? null : updater.getStateViewArray(),
        network.getGradientsViewArray(),
        network.params());
  }

  private static void close(INDArray... arrays) {
    for (INDArray array : arrays) {
      if (array != null) {
        array.close();
      }
    }
    // One by one: ND4J's way to destroy all of them collects the whole heap's garbage after that,
    // which stops every thread.
    MemoryWorkspaceManager workspaces = Nd4j.getWorkspaceManager();
    List.copyOf(workspaces.getAllWorkspacesForCurrentThread())
        .forEach(workspaces::destroyWorkspace);
  }

  /**
   * A network's configuration. Travels to the executors.
   *
   * @param json DL4J's
   * @param graph whether it is that of a {@code ComputationGraph}
   */
  public record Description(String json, boolean graph) implements Serializable {
    /** Builds the network, its convolutions made fast where they can be. */
    public Dl4jNetwork build() {
      if (graph) {
        ComputationGraph built = new ComputationGraph(ComputationGraphConfiguration.fromJson(json));
        built.init();
        if (Arrays.stream(built.getLayers()).allMatch(Blueprint::isChannelsFirst)) {
          ConvolutionPath.inForce().install(built);
        }
        return of(built);
      }
      MultiLayerNetwork built = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(json));
      built.init();
      if (Arrays.stream(built.getLayers()).allMatch(Blueprint::isChannelsFirst)) {
        ConvolutionPath.inForce().install(built, Use.TRAINING);
      }
      return of(built);
    }
  }

  private static final class Layered extends Dl4jNetwork {
    private final MultiLayerNetwork network;

    Layered(MultiLayerNetwork network) {
      super(network, network.getUpdater().getStateViewArray());
      this.network = network;
    }

    @Override
    public Description description() {
      return new Description(network.getLayerWiseConfigurations().toJson(), false);
    }

    @Override
    public double fit(MultiDataSet minibatch) {
      network.fit(single(minibatch));
      return network.score();
    }

    @Override
    public void setScore(double score) {
      network.setScore(score);
    }

    @Override
    List<Normalized> normalized(INDArray[] features) {
      List<INDArray> activations = network.feedForward(features[0], true);
      return IntStream.range(0, network.getnLayers())
          .filter(layer -> network.getLayer(layer) instanceof BatchNormalization)
          .mapToObj(
              layer ->
                  Normalized.of(
                      network.getLayer(layer),
                      activations.get(layer),
                      network.getLayerWiseConfigurations().getInputPreProcess(layer)))
          .toList();
    }

    @Override
    List<Layer> holders() {
      return List.of(network.getLayers());
    }

    @Override
    int iteration() {
      return network.getIterationCount();
    }

    @Override
    int epoch() {
      return network.getEpochCount();
    }

    @Override
    void count(int iteration, int epoch) {
      network.setIterationCount(iteration);
      network.setEpochCount(epoch);
    }

    @Override
    INDArray gradients() {
      return network.getGradientsViewArray();
    }
  }

  private static final class Graph extends Dl4jNetwork {
    private final ComputationGraph graph;

    Graph(ComputationGraph graph) {
      super(graph, graph.getUpdater().getStateViewArray());
      this.graph = graph;
    }

    @Override
    public Description description() {
      return new Description(graph.getConfiguration().toJson(), true);
    }

    @Override
    public double fit(MultiDataSet minibatch) {
      graph.fit(minibatch);
      return graph.score();
    }

    @Override
    public void setScore(double score) {
      graph.setScore(score);
    }

    @Override
    List<Normalized> normalized(INDArray[] features) {
      Map<String, INDArray> activations = graph.feedForward(features, true);
      return holders().stream()
          .filter(LayerVertex.class::isInstance)
          .map(LayerVertex.class::cast)
          .filter(vertex -> vertex.getLayer() instanceof BatchNormalization)
          .map(vertex -> normalized(vertex, activations))
          .toList();
    }

    private Normalized normalized(LayerVertex vertex, Map<String, INDArray> activations) {
      String before = graph.getConfiguration().getVertexInputs().get(vertex.getVertexName()).get(0);
      return Normalized.of(
          vertex.getLayer(), activations.get(before), vertex.getLayerPreProcessor());
    }

    @Override
    List<GraphVertex> holders() {
      // Parameters lie in topological order, vertices in that of the configuration.
      return Arrays.stream(graph.topologicalSortOrder())
          .mapToObj(vertex -> graph.getVertices()[vertex])
          .toList();
    }

    @Override
    int iteration() {
      return graph.getIterationCount();
    }

    @Override
    int epoch() {
      return graph.getEpochCount();
    }

    @Override
    void count(int iteration, int epoch) {
      graph.getConfiguration().setIterationCount(iteration);
      graph.getConfiguration().setEpochCount(epoch);
    }

    @Override
    INDArray gradients() {
      return graph.getGradientsViewArray();
    }
  }
}
