package convoy.driver.predict;

import convoy.data.ImageShape;
import convoy.data.augment.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import org.apache.spark.TaskContext;

/** Gathers images into batches, scores each and writes its rows. Holds one batch. */
final class Labelling implements ImagePart.Images {
  private final ImageShape shape;
  private final int classes;
  private final Scoring scoring;
  private final PredictionFile file;

  /** Of the batch's rows, and null where an image could be decoded. */
  private final String[] paths;

  private final String[] errors;
  private int rows;

  /** [batch, channels, height, width] of those that could be decoded. */
  private final float[] images;

  private int decoded;

  Labelling(ImageShape shape, int classes, int batchSize, Scoring scoring, PredictionFile file) {
    this.shape = shape;
    this.classes = classes;
    this.scoring = scoring;
    this.file = file;
    paths = new String[batchSize];
    errors = new String[batchSize];
    images = new float[Math.multiplyExact(batchSize, shape.pixels())];
  }

  @Override
  public void image(String path, byte[] pixels) {
    View.PLAIN.write(shape, pixels, 0, images, decoded * shape.pixels());
    decoded++;
    row(path, null);
  }

  @Override
  public void unreadable(String path, String error) {
    row(path, error);
  }

  private void row(String path, String error) {
    if (TaskContext.get().isInterrupted()) {
      throw new CancellationException("the task was killed");
    }
    paths[rows] = path;
    errors[rows] = error;
    rows++;
    if (rows == paths.length) {
      flush();
    }
  }

  /** Scores and writes what has gathered. */
  void flush() {
    float[] probabilities = decoded == 0 ? new float[0] : scoring.score(images, decoded);
    try {
      int scored = 0;
      for (int i = 0; i < rows; i++) {
        if (errors[i] == null) {
          file.add(paths[i], probabilities, classes * scored++);
        } else {
          file.add(paths[i], errors[i]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows = 0;
    decoded = 0;
  }
}
