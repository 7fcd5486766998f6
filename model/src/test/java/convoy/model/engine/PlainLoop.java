package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.factory.Nd4j;

/** What {@link Dl4jTrainer} must equal: a fresh network of DL4J's, fitted by DL4J's own method. */
final class PlainLoop {
  private PlainLoop() {}

  /** The state after the minibatches. */
  static TrainingState fit(
      String configuration, TrainingState from, long seed, List<Images> minibatches) {
    MultiLayerNetwork network = network(configuration);
    ConvolutionPath.inForce().install(network, Use.TRAINING);
    network.setParams(Nd4j.createFromArray(from.parameters()));
    if (from.updaterState().length > 0) {
      network
          .getUpdater()
          .setStateViewArray(network, Nd4j.createFromArray(from.updaterState()), false);
    }
    network.setIterationCount(from.iteration());
    network.setEpochCount(from.epoch());
    Nd4j.getRandom().setSeed(seed);
    for (Images minibatch : minibatches) {
      network.fit(minibatch.features(), minibatch.oneHot());
    }
    return new TrainingState(
        network.params().dup().data().asFloat(),
        from.updaterState().length == 0
            ? new float[0]
            : network.getUpdater().getStateViewArray().dup().data().asFloat(),
        network.getIterationCount(),
        network.getEpochCount());
  }

  static MultiLayerNetwork network(String configuration) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration));
    network.init();
    return network;
  }
}
