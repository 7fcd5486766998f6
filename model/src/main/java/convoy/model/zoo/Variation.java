package convoy.model.zoo;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * What is changed of a named network; what is null stays as it is.
 *
 * @param dropout share of values that each dropout layer zeroes while training, 0 to below 1; a
 *     network without such layers gets one behind each hidden dense layer
 * @param filters of the first convolution, at least 1; the others' change in proportion
 * @param denseUnits of each hidden dense layer, at least 1
 */
public record Variation(Double dropout, Integer filters, Integer denseUnits)
    implements Serializable {
  /** The networks as they are named. */
  public static final Variation NONE = new Variation(null, null, null);

  public Variation {
    if (dropout != null && !(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be at least 0 and below 1, got " + dropout);
    }
    if (filters != null && filters < 1) {
      throw new IllegalArgumentException("filters must be at least 1, got " + filters);
    }
    if (denseUnits != null && denseUnits < 1) {
      throw new IllegalArgumentException("dense units must be at least 1, got " + denseUnits);
    }
  }

  /**
   * The network so changed; itself where nothing is.
   *
   * @throws IllegalArgumentException if it has no convolutions that could have these filters
   */
  public Network applyTo(Network network) {
    return equals(NONE) ? network : new Varied(network, this);
  }

  /**
   * A network's layers, changed in place where only their size is another.
   *
   * @param own fresh ones
   */
  List<Layer> layers(List<Layer> own) {
    if (filters != null) {
      scaleFilters(own);
    }
    if (denseUnits != null) {
      own.stream()
          .filter(DenseLayer.class::isInstance)
          .forEach(layer -> ((DenseLayer) layer).setNOut(denseUnits));
    }
    return dropout == null ? own : withDropout(own);
  }

  private void scaleFilters(List<Layer> own) {
    List<ConvolutionLayer> convolutions = convolutions(own);
    double scale = (double) filters / convolutions.get(0).getNOut();
    for (ConvolutionLayer convolution : convolutions) {
      convolution.setNOut(Math.max(1, Math.round(convolution.getNOut() * scale)));
    }
  }

  /** Dropout of nothing is no layer at all. */
  private List<Layer> withDropout(List<Layer> own) {
    boolean hasPlaces = own.stream().anyMatch(DropoutLayer.class::isInstance);
    List<Layer> layers = new ArrayList<>();
    int count = 0;
    for (Layer layer : own) {
      if (!(layer instanceof DropoutLayer)) {
        layers.add(layer);
      }
      boolean isPlace = hasPlaces ? layer instanceof DropoutLayer : layer instanceof DenseLayer;
      if (isPlace && dropout > 0) {
        count++;
        layers.add(Layers.dropout("dropout" + count, dropout));
      }
    }
    return List.copyOf(layers);
  }

  static List<ConvolutionLayer> convolutions(List<Layer> layers) {
    return layers.stream()
        .filter(ConvolutionLayer.class::isInstance)
        .map(ConvolutionLayer.class::cast)
        .toList();
  }
}
