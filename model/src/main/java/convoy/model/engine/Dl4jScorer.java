package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs DL4J's own inference, {@link MultiLayerNetwork#output(INDArray)}. */
final class Dl4jScorer implements LocalScorer {
  private final OwnerThread owner = new OwnerThread("scorer");
  private final MultiLayerNetwork network;
  private final Minibatch batch;

  Dl4jScorer(Blueprint blueprint) {
    network = blueprint.build(Use.INFERENCE);
    batch = new Minibatch(blueprint, 0);
  }

  @Override
  public void load(float[] parameters) {
    owner.require();
    OffHeap.requireLength("parameters", network.params(), parameters);
    OffHeap.write(parameters, network.params());
  }

  @Override
  public float[] score(float[] images, int count) {
    owner.require();
    batch.fill(images, count);
    try (INDArray probabilities = network.output(batch.images());
        INDArray rows = probabilities.dup('c')) {
      return OffHeap.read(rows);
    }
  }

  @Override
  public void close() {
    batch.close();
    Dl4jNetwork.close(network);
  }
}
