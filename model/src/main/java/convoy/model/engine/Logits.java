package convoy.model.engine;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a training step's output layer says before the softmax.
 *
 * <p>DL4J computes these values and drops them; here they are computed once more, as one product of
 * the layer's input with its weights, which is little beside a step.
 */
final class Logits extends BaseTrainingListener implements AutoCloseable {
  private final int classes;
  private INDArray product;
  private float[] values;

  Logits(int classes) {
    this.classes = classes;
  }

  /** Called after the gradients and before the update, while the layers still hold their input. */
  @Override
  public void onBackwardPass(Model model) {
    BaseOutputLayer<?> layer = (BaseOutputLayer<?>) ((MultiLayerNetwork) model).getOutputLayer();
    INDArray input = layer.input();
    resize(input.size(0));
    INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
    Nd4j.gemm(input, weights, product, false, false, 1, 0);
    if (layer.hasBias()) {
      product.addiRowVector(layer.getParam(DefaultParamInitializer.BIAS_KEY));
    }
    values = OffHeap.read(product);
  }

  /** Images of the last step whose largest value was that of their class. */
  int correct(int[] labels, int count) {
    int correct = 0;
    for (int i = 0; i < count; i++) {
      int largest = 0;
      for (int c = 1; c < classes; c++) {
        if (values[c * count + i] > values[largest * count + i]) {
          largest = c;
        }
      }
      if (largest == labels[i]) {
        correct++;
      }
    }
    return correct;
  }

  /** Column after column, because that is the order in which a product can be written. */
  private void resize(long count) {
    if (product == null || product.size(0) != count) {
      close();
      product = OffHeap.create('f', count, classes);
    }
  }

  @Override
  public void close() {
    if (product != null) {
      product.close();
      product = null;
    }
  }
}
