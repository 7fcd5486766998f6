package convoy.model.zoo;

import static convoy.model.zoo.Layers.convolution;
import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.pool;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Two convolutions of 32 filters, each with its pool, and a dense layer. */
record CnnSmall(InputShape input, int classes) implements Network {
  static final String NAME = "cnn-small";

  CnnSmall {
    Fit.require(NAME, input, classes, layers(classes));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofEpochs(Optimizer.SGD, 1e-2, 32, 30);
  }

  @Override
  public List<Layer> layers() {
    return layers(classes);
  }

  private static List<Layer> layers(int classes) {
    return List.of(
        convolution("conv1", 32, 3),
        pool("pool1", 2, 2),
        convolution("conv2", 32, 3),
        pool("pool2", 2, 2),
        dense("dense1", 256),
        softmax("output", classes));
  }
}
