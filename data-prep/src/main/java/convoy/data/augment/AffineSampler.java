package convoy.data.augment;

import convoy.data.ImageShape;

/**
 * Rotates, shifts and flips an image in one pass: one affine map from output to input, one bilinear
 * interpolation, edge pixels repeated.
 *
 * <p>This is {@code apply_affine_transform} of Keras' ImageDataGenerator (keras-preprocessing,
 * affine_transformations.py, after pull request 324) with {@code fill_mode='nearest'} and order 1,
 * which is scipy's {@code ndimage.affine_transform}; except that a height shift moves rows and a
 * width shift columns, which Keras exchanges. For an output pixel at distance (y, x) from the
 * centre ((height - 1) / 2, (width - 1) / 2), the input is read at the distance
 *
 * <pre>
 *   row:     cos · (±y + rows) + sin · (±x + columns)
 *   column: -sin · (±y + rows) + cos · (±x + columns)
 * </pre>
 *
 * <p>where a flip sets the minus sign: Keras mirrors after the map, about the same centre, so this
 * is exact. A positive angle turns the content counter-clockwise; a positive shift moves it up or
 * left.
 *
 * <p>For one thread at a time.
 */
final class AffineSampler {
  /** Coordinates are fixed-point, 32 bits of them fraction; a step is added per pixel. */
  private static final double ONE = 0x1p32;

  private final int channels;
  private final int height;
  private final int width;

  /**
   * The image that is read: each pixel turned into a float once, not for each of its neighbours.
   */
  private final float[] image;

  AffineSampler(ImageShape shape) {
    this.channels = shape.channels();
    this.height = shape.height();
    this.width = shape.width();
    this.image = new float[shape.pixels()];
  }

  /**
   * Writes one image.
   *
   * @param rows by which the place read moves down, in pixels
   * @param columns by which the place read moves right, in pixels
   */
  void write(
      byte[] pixels,
      int from,
      double radians,
      double rows,
      double columns,
      boolean mirrored,
      boolean inverted,
      float[] batch,
      int to) {
    for (int i = 0; i < image.length; i++) {
      image[i] = UnitScale.of(pixels[from + i]);
    }
    double sin = Math.sin(radians);
    double cos = Math.cos(radians);
    double down = inverted ? -1 : 1;
    double right = mirrored ? -1 : 1;
    double middleRow = (height - 1) / 2.0;
    double middleColumn = (width - 1) / 2.0;
    double y = rows - down * middleRow;
    double x = columns - right * middleColumn;
    long rowStart = fixed(middleRow + cos * y + sin * x);
    long columnStart = fixed(middleColumn - sin * y + cos * x);
    long rowPerRow = fixed(cos * down);
    long rowPerColumn = fixed(sin * right);
    long columnPerRow = fixed(-sin * down);
    long columnPerColumn = fixed(cos * right);
    for (int line = 0; line < height; line++) {
      writeLine(
          rowStart + line * rowPerRow,
          columnStart + line * columnPerRow,
          rowPerColumn,
          columnPerColumn,
          batch,
          to + line * width);
    }
  }

  private static long fixed(double coordinate) {
    return Math.round(coordinate * ONE);
  }

  /**
   * Writes one output row. The pixels whose four neighbours all exist are contiguous, since the
   * image is convex; the ones before and after are read with their coordinates held to the edge.
   */
  private void writeLine(
      long row, long column, long rowStep, long columnStep, float[] batch, int to) {
    int first = 0;
    while (first < width && !inside(row + first * rowStep, column + first * columnStep)) {
      first++;
    }
    int end = width;
    while (end > first && !inside(row + (end - 1) * rowStep, column + (end - 1) * columnStep)) {
      end--;
    }
    for (int i = 0; i < first; i++) {
      writeHeld(row + i * rowStep, column + i * columnStep, batch, to + i);
    }
    writeInside(row, column, rowStep, columnStep, first, end, batch, to);
    for (int i = end; i < width; i++) {
      writeHeld(row + i * rowStep, column + i * columnStep, batch, to + i);
    }
  }

  private boolean inside(long row, long column) {
    return row >= 0 && column >= 0 && (row >> 32) < height - 1 && (column >> 32) < width - 1;
  }

  private void writeInside(
      long rowStart,
      long columnStart,
      long rowStep,
      long columnStep,
      int first,
      int end,
      float[] batch,
      int to) {
    if (channels == 1) {
      writePlaneInside(rowStart, columnStart, rowStep, columnStep, first, end, batch, to);
      return;
    }
    int plane = height * width;
    long row = rowStart + first * rowStep;
    long column = columnStart + first * columnStep;
    for (int i = first; i < end; i++) {
      int source = (int) (row >> 32) * width + (int) (column >> 32);
      int target = to + i;
      float beside = fraction(column);
      float below = fraction(row);
      for (int channel = 0; channel < channels; channel++) {
        batch[target] = blend(source, 1, width, beside, below);
        source += plane;
        target += plane;
      }
      row += rowStep;
      column += columnStep;
    }
  }

  /** One channel: faster without the inner loop. */
  private void writePlaneInside(
      long rowStart,
      long columnStart,
      long rowStep,
      long columnStep,
      int first,
      int end,
      float[] batch,
      int to) {
    long row = rowStart + first * rowStep;
    long column = columnStart + first * columnStep;
    for (int i = first; i < end; i++) {
      int source = (int) (row >> 32) * width + (int) (column >> 32);
      batch[to + i] = blend(source, 1, width, fraction(column), fraction(row));
      row += rowStep;
      column += columnStep;
    }
  }

  private void writeHeld(long row, long column, float[] batch, int to) {
    long heldRow = Math.max(0, Math.min(row, (long) (height - 1) << 32));
    long heldColumn = Math.max(0, Math.min(column, (long) (width - 1) << 32));
    int top = (int) (heldRow >> 32);
    int left = (int) (heldColumn >> 32);
    int toRight = left < width - 1 ? 1 : 0;
    int toBottom = top < height - 1 ? width : 0;
    int plane = height * width;
    int source = top * width + left;
    int target = to;
    for (int channel = 0; channel < channels; channel++) {
      batch[target] = blend(source, toRight, toBottom, fraction(heldColumn), fraction(heldRow));
      source += plane;
      target += plane;
    }
  }

  /** The fraction's leading 24 bits, which a float holds exactly. */
  private static float fraction(long coordinate) {
    return ((int) (coordinate >>> 8) & 0xffffff) * 0x1p-24f;
  }

  /** Bilinear; whole coordinates give the very pixel, and no rounding leads beyond 0 or 1. */
  private float blend(int source, int toRight, int toBottom, float beside, float below) {
    float topLeft = image[source];
    float topRight = image[source + toRight];
    float bottomLeft = image[source + toBottom];
    float bottomRight = image[source + toBottom + toRight];
    float top = topLeft + (topRight - topLeft) * beside;
    float bottom = bottomLeft + (bottomRight - bottomLeft) * beside;
    return top + (bottom - top) * below;
  }
}
