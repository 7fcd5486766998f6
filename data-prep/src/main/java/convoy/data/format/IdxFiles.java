package convoy.data.format;

import convoy.data.ImageSet;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.RawDataset.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The four IDX files of a data set in MNIST's format, each plain or gzip-compressed. */
public record IdxFiles(
    RawFile trainImages, RawFile trainLabels, RawFile testImages, RawFile testLabels) {

  /**
   * Finds them by their usual names.
   *
   * @throws IllegalArgumentException if one is missing
   */
  public static IdxFiles in(RawFolder folder) {
    return new IdxFiles(
        find(folder, "training images", "train-images", "idx3-ubyte"),
        find(folder, "training labels", "train-labels", "idx1-ubyte"),
        find(folder, "test images", "t10k-images", "idx3-ubyte"),
        find(folder, "test labels", "t10k-labels", "idx1-ubyte"));
  }

  private static RawFile find(RawFolder folder, String what, String stem, String ending) {
    List<String> names =
        Stream.of("-", ".")
            .map(joint -> stem + joint + ending)
            .flatMap(name -> Stream.of(name, name + ".gz"))
            .toList();
    return folder.find(names).orElseThrow(() -> folder.missing(what, names));
  }

  /**
   * Reads all four; the classes are the labels from 0 to the largest of the training set.
   *
   * @param name what to call the data set
   * @return with the checksums of the unpacked files, so that packing makes no difference
   * @throws InvalidDataException if a file is not what its header says, or two disagree
   */
  public RawDataset read(String name) {
    try {
      IdxReader.Labels train = IdxReader.labels(trainLabels);
      IdxReader.Labels test = IdxReader.labels(testLabels);
      int largest = Arrays.stream(train.labels).max().orElseThrow();
      checkRange(test, largest);
      IdxReader.Images trainPixels = IdxReader.images(trainImages);
      IdxReader.Images testPixels = IdxReader.images(testImages);
      return new RawDataset(
          name,
          IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList(),
          join(trainImages, trainPixels, trainLabels, train),
          join(testImages, testPixels, testLabels, test),
          List.of(
              source(trainImages, trainPixels.sha256),
              source(trainLabels, train.sha256),
              source(testImages, testPixels.sha256),
              source(testLabels, test.sha256)));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void checkRange(IdxReader.Labels test, int largest) {
    for (int i = 0; i < test.labels.length; i++) {
      if (test.labels[i] > largest) {
        throw new InvalidDataException(
            ("%s: image %d has label %d, expected 0 to %d as in %s. Both must come from one data"
                    + " set.")
                .formatted(testLabels.name(), i, test.labels[i], largest, trainLabels.name()));
      }
    }
  }

  private static ImageSet join(
      RawFile imageFile, IdxReader.Images images, RawFile labelFile, IdxReader.Labels labels) {
    if (images.count() != labels.labels.length) {
      throw new InvalidDataException(
          "%s: expected %d labels, one for each image of %s, found %d. Both must come from one data set."
              .formatted(labelFile.name(), images.count(), imageFile.name(), labels.labels.length));
    }
    return new ImageSet(images.shape, images.pixels, labels.labels);
  }

  private static SourceFile source(RawFile file, String sha256) {
    String name = file.name();
    return new SourceFile(
        file.isGzip() ? name.substring(0, name.length() - ".gz".length()) : name, sha256);
  }
}
