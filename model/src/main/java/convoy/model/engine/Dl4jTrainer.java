package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Runs DL4J's own training step, {@code MultiLayerNetwork.fit}. */
final class Dl4jTrainer implements LocalTrainer {
  private final OwnerThread owner = new OwnerThread("trainer");
  private final MultiLayerNetwork network;
  private final Dl4jNetwork access;
  private final Minibatch minibatch;
  private final Logits logits;

  Dl4jTrainer(Blueprint blueprint, double labelSmoothing) {
    network = blueprint.build(Use.TRAINING);
    access = Dl4jNetwork.of(network);
    minibatch = new Minibatch(blueprint, labelSmoothing);
    logits = new Logits(blueprint.classes());
    network.setListeners(logits);
  }

  @Override
  public void load(TrainingState state, long seed) {
    owner.require();
    access.load(state, seed);
  }

  @Override
  public StepResult fit(float[] images, int[] labels, int count) {
    owner.require();
    minibatch.fill(images, labels, count);
    network.fit(minibatch.images(), minibatch.labels());
    return new StepResult(network.score(), logits.correct(labels, count));
  }

  @Override
  public float[] statistics(float[] images, int count) {
    owner.require();
    minibatch.fill(images, count);
    return access.statistics(minibatch.images());
  }

  @Override
  public TrainingState store() {
    owner.require();
    return access.state();
  }

  @Override
  public void close() {
    minibatch.close();
    logits.close();
    access.close();
  }
}
