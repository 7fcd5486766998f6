package convoy.model.cost;

/**
 * What one layer takes.
 *
 * @param kind for a reader, for example {@code convolution 5x5}
 * @param output its shape, for example {@code 28x28x6}: height, width, channels
 * @param outputs values of one image's output
 * @param multiplyAdds of one image's forward pass; 0 where there are no weights
 */
public record LayerCost(
    String name, String kind, String output, long outputs, long parameters, long multiplyAdds) {}
