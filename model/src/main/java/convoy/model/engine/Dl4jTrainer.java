package convoy.model.engine;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs DL4J's own training step, {@link MultiLayerNetwork#fit(INDArray, INDArray)}. */
final class Dl4jTrainer implements LocalTrainer {
  private final OwnerThread owner = new OwnerThread("trainer");
  private final MultiLayerNetwork network;
  private final INDArray parameters;

  /** Null for an update rule without state. */
  private final INDArray updaterState;

  private final Minibatch minibatch;
  private final Logits logits;

  Dl4jTrainer(Blueprint blueprint) {
    network = blueprint.build();
    parameters = network.params();
    updaterState = network.getUpdater().getStateViewArray();
    minibatch = new Minibatch(blueprint);
    logits = new Logits(blueprint.classes());
    network.setListeners(logits);
  }

  @Override
  public void load(TrainingState state, long seed) {
    owner.require();
    OffHeap.requireLength("parameters", parameters, state.parameters());
    OffHeap.requireLength("updater state", updaterState, state.updaterState());
    OffHeap.write(state.parameters(), parameters);
    if (updaterState != null) {
      OffHeap.write(state.updaterState(), updaterState);
    }
    network.setIterationCount(state.iteration());
    network.setEpochCount(state.epoch());
    // ND4J takes a seed of 0 for "another one each time".
    Nd4j.getRandom().setSeed(seed == 0 ? Long.MIN_VALUE : seed);
  }

  @Override
  public StepResult fit(float[] images, int[] labels, int count) {
    owner.require();
    minibatch.fill(images, labels, count);
    network.fit(minibatch.images(), minibatch.labels());
    return new StepResult(network.score(), logits.correct(labels, count));
  }

  @Override
  public TrainingState store() {
    owner.require();
    return new TrainingState(
        OffHeap.read(parameters),
        updaterState == null ? new float[0] : OffHeap.read(updaterState),
        network.getIterationCount(),
        network.getEpochCount());
  }

  @Override
  public void close() {
    minibatch.close();
    logits.close();
    Blueprint.close(network);
  }
}
