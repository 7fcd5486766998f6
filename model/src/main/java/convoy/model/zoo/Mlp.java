package convoy.model.zoo;

import static convoy.model.zoo.Layers.dense;
import static convoy.model.zoo.Layers.softmax;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Three dense layers of 256 units over the flattened image. */
record Mlp(InputShape input, int classes) implements Network {
  static final String NAME = "mlp";

  Mlp {
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

  /**
   * Noted by the layer that flattens [batch, channels, height, width]; DL4J has it for this alone.
   */
  @Override
  public InputType inputType() {
    return InputType.convolutional(input.height(), input.width(), input.channels());
  }

  private static List<Layer> layers(int classes) {
    return List.of(
        dense("dense1", 256),
        dense("dense2", 256),
        dense("dense3", 256),
        softmax("output", classes));
  }
}
