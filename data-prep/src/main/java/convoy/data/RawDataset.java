package convoy.data;

import java.util.List;

/**
 * A data set as its raw files hold it, checked.
 *
 * @param name what to call it, for example {@code mnist}
 * @param classes the name of each class, by label
 * @param sources the files it was read from
 */
public record RawDataset(
    String name, List<String> classes, ImageSet train, ImageSet test, List<SourceFile> sources) {
  /** Refuses sets that disagree in shape or use a label that has no class. */
  public RawDataset {
    classes = List.copyOf(classes);
    sources = List.copyOf(sources);
    if (!train.shape().equals(test.shape())) {
      throw new InvalidDataException(
          "%s: training images are %s, test images %s"
              .formatted(name, train.shape(), test.shape()));
    }
    checkLabels(name, "training", train, classes.size());
    checkLabels(name, "test", test, classes.size());
  }

  private static void checkLabels(String name, String part, ImageSet images, int classes) {
    for (int i = 0; i < images.size(); i++) {
      int label = images.label(i);
      if (label < 0 || label >= classes) {
        throw new InvalidDataException(
            "%s: %s image %d has label %d, expected 0 to %d"
                .formatted(name, part, i, label, classes - 1));
      }
    }
  }

  /**
   * One raw file.
   *
   * @param name its name without a folder
   * @param sha256 of its bytes as verified, lower-case hexadecimal
   */
  public record SourceFile(String name, String sha256) {}
}
