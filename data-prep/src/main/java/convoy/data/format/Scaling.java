package convoy.data.format;

import convoy.data.ImageShape;

/**
 * Brings an image whose rows come one after the other to the size of a shape: along a side that
 * shrinks a pixel is the mean of the area it covers, along one that grows it is interpolated
 * linearly between the centres of its two neighbours. Holds the result and never the source.
 */
final class Scaling {
  private final ImageShape shape;
  private final Side across;
  private final Side down;

  /** [channels, height, width] of the result. */
  private final float[] sums;

  private final float[] scaled;

  Scaling(int height, int width, ImageShape shape) {
    this.shape = shape;
    across = Side.of(width, shape.width());
    down = Side.of(height, shape.height());
    sums = new float[shape.pixels()];
    scaled = new float[shape.width()];
  }

  /**
   * Takes a row of the source.
   *
   * @param y its number; from 0, without a gap
   * @param row [channels, width of the source]
   */
  void add(int y, float[][] row) {
    for (int c = 0; c < shape.channels(); c++) {
      across.scale(row[c], scaled);
      for (int to = down.firstThatTakes(y); to < shape.height() && down.first[to] <= y; to++) {
        int part = y - down.first[to];
        if (part < down.weights[to].length) {
          float weight = down.weights[to][part];
          int at = (c * shape.height() + to) * shape.width();
          for (int x = 0; x < scaled.length; x++) {
            sums[at + x] += weight * scaled[x];
          }
        }
      }
    }
  }

  /** Writes the result as unsigned bytes, rounded to the nearest. */
  void write(byte[] pixels, int from) {
    for (int i = 0; i < sums.length; i++) {
      pixels[from + i] = (byte) Math.max(0, Math.min(255, (int) (sums[i] + 0.5f)));
    }
  }

  /** How the pixels along a side are made of the source's. */
  private static final class Side {
    /** The first pixel of the source, by pixel of the result; never falls. */
    final int[] first;

    /** What that pixel and those behind it count. */
    final float[][] weights;

    private int low;

    private Side(int count) {
      first = new int[count];
      weights = new float[count][];
    }

    static Side of(int from, int to) {
      Side side = new Side(to);
      for (int i = 0; i < to; i++) {
        if (from < to) {
          side.interpolate(i, from, to);
        } else {
          side.average(i, from, to);
        }
      }
      return side;
    }

    /** Areas are counted in parts of a source's pixel, as many as the result has pixels. */
    private void average(int i, long from, long to) {
      long begin = i * from;
      long end = begin + from;
      first[i] = (int) (begin / to);
      weights[i] = new float[(int) ((end + to - 1) / to) - first[i]];
      for (int part = 0; part < weights[i].length; part++) {
        long pixel = (first[i] + part) * to;
        weights[i][part] =
            (float) (Math.min(end, pixel + to) - Math.max(begin, pixel)) / (float) from;
      }
    }

    private void interpolate(int i, int from, int to) {
      double centre = (i + 0.5) * from / to - 0.5;
      int left = (int) Math.floor(centre);
      float right = (float) (centre - left);
      first[i] = Math.max(0, left);
      weights[i] = left < 0 || left == from - 1 ? new float[] {1} : new float[] {1 - right, right};
    }

    void scale(float[] source, float[] result) {
      for (int i = 0; i < result.length; i++) {
        float sum = 0;
        for (int part = 0; part < weights[i].length; part++) {
          sum += weights[i][part] * source[first[i] + part];
        }
        result[i] = sum;
      }
    }

    /** Source pixels come in ascending order, so results that are complete are passed by once. */
    int firstThatTakes(int y) {
      while (low < first.length && first[low] + weights[low].length <= y) {
        low++;
      }
      return low;
    }
  }
}
