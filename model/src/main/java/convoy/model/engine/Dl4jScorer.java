package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs DL4J's own inference, {@link MultiLayerNetwork#output(INDArray)}, on the CPU piece by piece.
 */
final class Dl4jScorer implements LocalScorer {
  private final OwnerThread owner = new OwnerThread("scorer");
  private final MultiLayerNetwork network;
  private final Minibatch piece;
  private final int classes;
  private final int atOnce;

  Dl4jScorer(Blueprint blueprint) {
    network = blueprint.build(Use.INFERENCE);
    piece = new Minibatch(blueprint, 0);
    classes = blueprint.classes();
    atOnce = ConvolutionPath.inForce() == ConvolutionPath.CUDA ? Integer.MAX_VALUE : PIECE;
  }

  @Override
  public void load(float[] parameters) {
    owner.require();
    OffHeap.requireLength("parameters", network.params(), parameters);
    OffHeap.write(parameters, network.params());
  }

  @Override
  public int atOnce() {
    return atOnce;
  }

  @Override
  public float[] score(float[] images, int count) {
    owner.require();
    piece.require(images, count);
    float[] probabilities = new float[count * classes];
    for (int from = 0; from < count; from += atOnce) {
      piece.fill(images, from, Math.min(atOnce, count - from));
      try (INDArray output = network.output(piece.images());
          INDArray rows = output.dup('c')) {
        OffHeap.read(rows, probabilities, from * classes);
      }
    }
    return probabilities;
  }

  @Override
  public void close() {
    piece.close();
    Dl4jNetwork.close(network);
  }
}
