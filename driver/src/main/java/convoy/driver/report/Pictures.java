package convoy.driver.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Images as addresses that hold them, PNG in base 64. */
final class Pictures {
  private Pictures() {}

  /**
   * Of an image in three channels its colours, of any other its first channel in grey.
   *
   * @param pixels unsigned bytes [channel, row, column]
   */
  static String of(int channels, int height, int width, byte[] pixels) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    int green = channels == 3 ? plane : 0;
    for (int i = 0; i < plane; i++) {
      int rgb =
          (pixels[i] & 0xff) << 16
              | (pixels[i + green] & 0xff) << 8
              | (pixels[i + 2 * green] & 0xff);
      image.setRGB(i % width, i / width, rgb);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
  }

  /** Likewise, of values from {@code black} to {@code white}. */
  static String of(int channels, int height, int width, float[] values, float black, float white) {
    byte[] pixels = new byte[values.length];
    float range = white > black ? white - black : 1;
    for (int i = 0; i < values.length; i++) {
      float share = Math.max(0, Math.min(1, (values[i] - black) / range));
      pixels[i] = (byte) Math.round(255 * share);
    }
    return of(channels, height, width, pixels);
  }
}
