package convoy.model.engine;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ReLU whose derivative is a step and a product: two operations that are vectorised, in place of
 * one that is not and takes a tenth of a {@code lenet5} step.
 *
 * <p>Set in networks as they are made, never in what is saved.
 */
final class FastRelu extends ActivationReLU {
  private static final long serialVersionUID = 1L;

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray slope = Nd4j.getExecutioner().exec(new Step(in, in.ulike(), 0.0));
    return new Pair<>(slope.muli(epsilon), null);
  }
}
