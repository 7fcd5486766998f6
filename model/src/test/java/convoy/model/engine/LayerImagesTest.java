package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerImagesTest {
  @Test
  void showsKernelsAndWhatEachConvolutionMakesOfAnImage() {
    String lenet = configuration("lenet5", new InputShape(1, 28, 28));
    float[] parameters = Engine.dl4j(lenet).initialState().parameters();
    float[] image = new float[28 * 28];
    image[14 * 28 + 14] = 1;
    List<LayerImages> found = LayerImages.of(lenet, parameters, image);
    assertThat(found)
        .extracting(LayerImages::title)
        .startsWith("kernels of convolution 1", "feature maps of convolution 1")
        .contains("feature maps of convolution 2");
    LayerImages kernels = found.get(0);
    LayerImages maps = found.get(1);
    assertThat(kernels.images()).hasSize(6);
    assertThat(maps.images()).hasSize(6);

    // A single bright pixel shows the kernel itself, turned about, where the activation lets it.
    int side = kernels.height();
    int offset = 14 - (28 - maps.width()) / 2;
    for (int k = 0; k < 6; k++) {
      float[] kernel = kernels.images().get(k);
      float[] map = maps.images().get(k);
      float rest = map[0];
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          int at = (offset + side / 2 - row) * maps.width() + offset + side / 2 - column;
          assertThat(map[at])
              .isCloseTo(Math.max(0, kernel[row * side + column] + rest), within(1e-5f));
        }
      }
    }
  }

  @Test
  void showsTheFirstKernelsOfColourImagesInColour() {
    String network = configuration("cifar-deep", new InputShape(3, 32, 32));
    float[] parameters = Engine.dl4j(network).initialState().parameters();
    List<LayerImages> found = LayerImages.of(network, parameters, new float[3 * 32 * 32]);
    assertThat(found.get(0).channels()).isEqualTo(3);
    assertThat(found.get(0).images().get(0))
        .hasSize(3 * found.get(0).height() * found.get(0).width());
  }

  @Test
  void showsNothingOfANetworkWithoutConvolutions() {
    String network = configuration("mlp", new InputShape(1, 28, 28));
    float[] parameters = Engine.dl4j(network).initialState().parameters();
    assertThat(LayerImages.of(network, parameters, new float[28 * 28])).isEmpty();
  }

  private static String configuration(String name, InputShape shape) {
    return Zoo.named(name, shape, 10).configuration(Optimizer.ADAM, 1e-3, 1);
  }
}
