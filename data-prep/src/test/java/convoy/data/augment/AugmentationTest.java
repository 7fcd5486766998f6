package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static void refuses(
      double rotation, double widthShift, double heightShift, String message) {
    assertThatThrownBy(() -> new Augmentation(rotation, widthShift, heightShift, false, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void leavesImagesAloneByDefault() {
    assertThat(Augmentation.NONE).isEqualTo(new Augmentation(0, 0, 0, false, false));
  }

  @Test
  void acceptsItsBounds() {
    assertThat(new Augmentation(180, 0.999, 0.999, true, true).interpolates()).isTrue();
    assertThat(new Augmentation(0, 0, 0, true, true).interpolates()).isFalse();
  }

  @Test
  void refusesARangeOutsideItsBounds() {
    refuses(-1, 0, 0, "rotation must be 0 to 180 degrees, got -1.0");
    refuses(181, 0, 0, "rotation must be 0 to 180 degrees, got 181.0");
    refuses(Double.NaN, 0, 0, "rotation must be 0 to 180 degrees, got NaN");
    refuses(0, 1, 0, "width shift must be a fraction, at least 0 and below 1, got 1.0");
    refuses(0, 0, -0.1, "height shift must be a fraction, at least 0 and below 1, got -0.1");
  }

  @Test
  void travelsByJavaSerialization() throws Exception {
    Augmentation sent = new Augmentation(15, 0.1, 0.2, true, false);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(sent);
    }
  }
}
