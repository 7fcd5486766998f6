package convoy.model.zoo;

import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.pool;
import static convoy.model.zoo.Layers.sameConvolution;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Two wide convolutions and a dense layer of 1,024 units, trained by steps. */
record MnistWide(InputShape input, int classes) implements Network {
  static final String NAME = "mnist-wide";

  MnistWide {
    Fit.require(NAME, input, classes, layers(classes));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofSteps(Optimizer.ADAM, 1e-4, 50, 10_000);
  }

  @Override
  public List<Layer> layers() {
    return layers(classes);
  }

  private static List<Layer> layers(int classes) {
    return List.of(
        sameConvolution("conv1", 32, 5),
        pool("pool1", 2, 2),
        sameConvolution("conv2", 64, 5),
        pool("pool2", 2, 2),
        dense("dense1", 1024),
        softmax("output", classes));
  }
}
