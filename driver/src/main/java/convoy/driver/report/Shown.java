package convoy.driver.report;

import convoy.data.ImageShape;
import convoy.driver.evaluate.Gallery;
import java.util.List;

/**
 * A scored image in a gallery.
 *
 * @param right the class that its label says
 * @param predicted the class that it was taken for
 * @param confidence that class's probability
 * @param image as an address that holds it
 */
record Shown(long id, int right, int predicted, float confidence, String image) {
  static List<Shown> all(List<Gallery.Scored> images, ImageShape shape) {
    return images.stream()
        .map(
            one ->
                new Shown(
                    one.id(),
                    one.actual(),
                    one.predicted(),
                    one.confidence(),
                    Pictures.of(shape.channels(), shape.height(), shape.width(), one.image())))
        .toList();
  }
}
