package convoy.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RawDatasetTest {
  private static ImageSet images(ImageShape shape, int... labels) {
    return new ImageSet(shape, new byte[labels.length * shape.pixels()], labels);
  }

  @Test
  void refusesTrainingAndTestImagesOfDifferentShapes() {
    ImageSet train = images(new ImageShape(1, 2, 3), 0);
    ImageSet test = images(new ImageShape(1, 3, 2), 0);
    assertThatThrownBy(() -> new RawDataset("toy", List.of("a"), train, test, List.of()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("toy: training images are 2x3x1, test images 3x2x1");
  }

  @Test
  void refusesALabelThatHasNoClass() {
    ImageSet train = images(new ImageShape(1, 1, 1), 0, 1);
    ImageSet test = images(new ImageShape(1, 1, 1), 1, 2);
    assertThatThrownBy(() -> new RawDataset("toy", List.of("a", "b"), train, test, List.of()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("toy: test image 1 has label 2, expected 0 to 1");
  }

  @Test
  void refusesPixelsThatDoNotFitTheLabels() {
    assertThatThrownBy(() -> new ImageSet(new ImageShape(1, 2, 3), new byte[11], new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 12 bytes for 2 images of 2x3x1, found 11");
  }
}
