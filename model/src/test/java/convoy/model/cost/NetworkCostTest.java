package convoy.model.cost;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.engine.TrainingState;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Network;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NetworkCostTest {
  @Test
  void countsWhatAnyoneCanCountByHand() {
    NetworkCost cost = NetworkCost.of(Zoo.named("cifar-deep", new InputShape(3, 32, 32), 10));

    assertThat(cost.layers())
        .contains(
            new LayerCost("conv1", "convolution 3x3", "30x30x32", 28_800, 896, 777_600),
            new LayerCost("pool1", "maximum pooling 2x2", "14x14x32", 6_272, 0, 0),
            new LayerCost("dropout1", "dropout", "14x14x32", 6_272, 0, 0),
            new LayerCost("dense1", "dense", "512", 512, 819_712, 819_200),
            new LayerCost("output", "softmax", "10", 10, 5_130, 5_120));
    assertThat(cost.parameters()).isEqualTo(890_410);
    // 30·30·32·27 + 28·28·32·288 + 12·12·64·288 + 10·10·64·576 + 1600·512 + 512·10
    assertThat(cost.multiplyAdds()).isEqualTo(15_167_872);
  }

  @ParameterizedTest
  @MethodSource("convoy.model.zoo.Zoo#names")
  void knowsTheSizeOfEveryNetworksState(String name) {
    Network network = Zoo.named(name, Zoo.usualInput(name), 10);

    for (Optimizer optimizer : Optimizer.values()) {
      TrainingState state = Engine.dl4j(network.configuration(optimizer, 0.1, 1)).initialState();

      assertThat(NetworkCost.of(network).stateBytes(optimizer))
          .isEqualTo(4L * (state.parameters().length + state.updaterState().length));
    }
  }

  @Test
  void reservesMoreForLargerMinibatches() {
    NetworkCost cost = NetworkCost.of(Zoo.named("lenet5", new InputShape(1, 28, 28), 10));

    assertThat(cost.trainingBytes(Optimizer.ADAM, 256))
        .isGreaterThan(cost.trainingBytes(Optimizer.ADAM, 128));
    assertThat(cost.trainingBytes(Optimizer.ADAM, 128))
        .isGreaterThan(cost.trainingBytes(Optimizer.SGD, 128));
    assertThat(cost.evaluationBytes(100)).isGreaterThan(cost.evaluationBytes(50));
    // Larger batches are shown to the network piece by piece.
    assertThat(cost.evaluationBytes(1_000)).isEqualTo(cost.evaluationBytes(LocalScorer.PIECE));
  }
}
