package convoy.data.format;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The rows of a decoded image as channels of floats, 0 to 255.
 *
 * <p>Samples are taken as they are stored. {@link BufferedImage#getRGB(int, int)} would brighten
 * grey ones: the JDK takes them for linear light.
 */
final class PixelRows {
  private static final int GREY = 1;

  /** What lies behind a picture that one can see through. */
  private static final float WHITE = 255;

  private final Raster raster;
  private final int bands;

  /** A sample's value on the scale from 0 to 255, by band. */
  private final float[] scale;

  /** Red, green, blue and alpha of each entry, 0 to 255; null where samples are colours. */
  private final int[] palette;

  private final int[] samples;

  PixelRows(BufferedImage image) {
    raster = image.getRaster();
    bands = raster.getNumBands();
    ColorModel colours = image.getColorModel();
    palette = colours instanceof IndexColorModel indexed ? entries(indexed) : null;
    scale = new float[bands];
    for (int b = 0; b < bands && palette == null; b++) {
      scale[b] = 255f / ((1L << colours.getComponentSize(b)) - 1);
    }
    samples = new int[bands * raster.getWidth()];
  }

  private static int[] entries(IndexColorModel colours) {
    int[] entries = new int[colours.getMapSize()];
    colours.getRGBs(entries);
    return entries;
  }

  /**
   * Reads one row.
   *
   * @param row [channels, width]: of one channel grey, of three red, green and blue
   */
  void read(int y, float[][] row) {
    int width = raster.getWidth();
    raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
    for (int x = 0; x < width; x++) {
      if (palette != null) {
        int entry = palette[samples[x]];
        put(row, x, entry >> 16 & 0xff, entry >> 8 & 0xff, entry & 0xff, (entry >>> 24) / 255f);
      } else {
        int at = x * bands;
        int colours = bands < 3 ? 1 : 3;
        float red = samples[at] * scale[0];
        float green = colours == 1 ? red : samples[at + 1] * scale[1];
        float blue = colours == 1 ? red : samples[at + 2] * scale[2];
        float alpha = bands > colours ? samples[at + colours] * scale[colours] / 255 : 1;
        put(row, x, red, green, blue, alpha);
      }
    }
  }

  private static void put(float[][] row, int x, float red, float green, float blue, float opacity) {
    float behind = WHITE * (1 - opacity);
    float r = red * opacity + behind;
    float g = green * opacity + behind;
    float b = blue * opacity + behind;
    if (row.length == GREY) {
      row[0][x] = r == g && g == b ? r : 0.299f * r + 0.587f * g + 0.114f * b;
    } else {
      row[0][x] = r;
      row[1][x] = g;
      row[2][x] = b;
    }
  }
}
