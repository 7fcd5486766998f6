package convoy.model.zoo;

import static convoy.model.zoo.Layers.convolution;
import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.pool;
import static convoy.model.zoo.Layers.sameConvolution;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * LeNet-5 after LeCun et al., "Gradient-Based Learning Applied to Document Recognition" (1998),
 * section II.B, with ReLU, maximum pooling and softmax; for 28x28 images.
 */
record Lenet5(InputShape input, int classes) implements Network {
  static final String NAME = "lenet5";

  Lenet5 {
    Fit.require(NAME, input, classes, layers(classes));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofEpochs(Optimizer.ADAM, 1e-3, 128, 30).with(Schedule.ONE_CYCLE);
  }

  @Override
  public List<Layer> layers() {
    return layers(classes);
  }

  private static List<Layer> layers(int classes) {
    return List.of(
        sameConvolution("conv1", 6, 5),
        pool("pool1", 2, 2),
        convolution("conv2", 16, 5),
        pool("pool2", 2, 2),
        convolution("conv3", 120, 5),
        dense("dense1", 84),
        softmax("output", classes));
  }
}
