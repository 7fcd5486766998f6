package convoy.model.zoo;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * A named network with other layers, trained by the same recipe. No window is another, so that it
 * takes the images that the named one takes.
 */
record Varied(Network named, Variation variation) implements Network {
  Varied {
    Objects.requireNonNull(variation, "variation");
    if (variation.filters() != null && Variation.convolutions(named.layers()).isEmpty()) {
      throw new IllegalArgumentException(
          "filters: %s has no convolutions; leave them out, or choose another network"
              .formatted(named.name()));
    }
  }

  @Override
  public String name() {
    return named.name();
  }

  @Override
  public InputShape input() {
    return named.input();
  }

  @Override
  public int classes() {
    return named.classes();
  }

  @Override
  public Recipe recipe() {
    return named.recipe();
  }

  @Override
  public List<Layer> layers() {
    return variation.layers(named.layers());
  }

  @Override
  public InputType inputType() {
    return named.inputType();
  }
}
