package convoy.model.zoo;

import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.dropout;
import static convoy.model.zoo.Layers.pool;
import static convoy.model.zoo.Layers.sameConvolution;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Five convolutions, the first two pooled with overlap, trained by steps. */
record CifarWide(InputShape input, int classes) implements Network {
  static final String NAME = "cifar-wide";

  CifarWide {
    Fit.require(NAME, input, classes, layers(classes));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Recipe recipe() {
    return Recipe.ofSteps(Optimizer.RMSPROP, 1e-3, 128, 10_000);
  }

  @Override
  public List<Layer> layers() {
    return layers(classes);
  }

  private static List<Layer> layers(int classes) {
    return List.of(
        sameConvolution("conv1", 64, 5),
        pool("pool1", 3, 2),
        sameConvolution("conv2", 64, 5),
        pool("pool2", 3, 2),
        sameConvolution("conv3", 128, 3),
        sameConvolution("conv4", 128, 3),
        sameConvolution("conv5", 128, 3),
        dense("dense1", 384),
        dropout("dropout1", 0.2),
        softmax("output", classes));
  }
}
