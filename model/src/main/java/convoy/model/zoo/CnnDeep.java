package convoy.model.zoo;

import static convoy.model.zoo.Layers.convolution;
import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.dropout;
import static convoy.model.zoo.Layers.pool;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Two pairs of convolutions with dropout, and a dense layer of 256 units. */
record CnnDeep(InputShape input, int classes) implements Network {
  static final String NAME = "cnn-deep";

  CnnDeep {
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
        convolution("conv2", 32, 3),
        pool("pool1", 2, 2),
        dropout("dropout1", 0.25),
        convolution("conv3", 64, 3),
        convolution("conv4", 64, 3),
        pool("pool2", 2, 2),
        dropout("dropout2", 0.25),
        dense("dense1", 256),
        dropout("dropout3", 0.5),
        softmax("output", classes));
  }
}
