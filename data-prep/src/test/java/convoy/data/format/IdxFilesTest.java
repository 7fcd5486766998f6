package convoy.data.format;

import static convoy.data.SampleFiles.gzip;
import static convoy.data.SampleFiles.idx;
import static convoy.data.SampleFiles.idxFolder;
import static convoy.data.SampleFiles.idxImages;
import static convoy.data.SampleFiles.idxLabels;
import static convoy.data.SampleFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.RawDataset.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {
  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  @TempDir Path folder;

  @BeforeEach
  void writeFourGoodFiles() {
    idxFolder(folder);
  }

  private RawDataset read() {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder.toUri());
    return IdxFiles.in(RawFolder.open(path, new Configuration())).read("toy");
  }

  private void refuses(String message) {
    assertThatThrownBy(this::read).isInstanceOf(InvalidDataException.class).hasMessage(message);
  }

  private void replace(String name, byte[] content) {
    write(folder.resolve(name), content);
  }

  private void pack(String name) throws IOException {
    Path plain = folder.resolve(name);
    write(folder.resolve(name + ".gz"), gzip(Files.readAllBytes(plain)));
    Files.delete(plain);
  }

  @Test
  void readsPixelsLabelsAndClasses() {
    RawDataset dataset = read();
    assertThat(dataset.train().shape()).isEqualTo(new ImageShape(1, 2, 3));
    assertThat(dataset.train().size()).isEqualTo(3);
    assertThat(dataset.train().pixels()).startsWith(0, 1, 2).endsWith(16, 17).hasSize(18);
    assertThat(dataset.train().label(1)).isEqualTo(2);
    assertThat(dataset.test().size()).isEqualTo(2);
    assertThat(dataset.test().pixels()).startsWith(100, 101);
    assertThat(dataset.classes()).containsExactly("0", "1", "2");
  }

  @Test
  void readsPackedFilesAndReportsTheSameChecksums() throws IOException {
    List<SourceFile> plain = read().sources();
    pack(TRAIN_IMAGES);
    pack(TEST_LABELS);
    RawDataset dataset = read();
    assertThat(dataset.train().pixels()).startsWith(0, 1, 2).hasSize(18);
    assertThat(dataset.sources()).isEqualTo(plain);
    assertThat(plain.get(1))
        .isEqualTo(new SourceFile(TRAIN_LABELS, Sha256.of(folder.resolve(TRAIN_LABELS))));
  }

  @Test
  void readsFilesNamedWithADot() throws IOException {
    Files.move(folder.resolve(TRAIN_IMAGES), folder.resolve("train-images.idx3-ubyte"));
    assertThat(read().sources().get(0).name()).isEqualTo("train-images.idx3-ubyte");
  }

  @Test
  void readsPixelsAbove127AsUnsignedAndManyMegabytesFromGzip() {
    byte[] pixels = new byte[3 * 1000 * 1000];
    new Random(1).nextBytes(pixels);
    write(folder.resolve(TRAIN_IMAGES), idx(0x803, new int[] {3, 1000, 1000}, pixels));
    write(
        folder.resolve("t10k-images-idx3-ubyte"),
        idx(0x803, new int[] {2, 1000, 1000}, Arrays.copyOf(pixels, 2_000_000)));
    assertThat(read().train().pixels()).isEqualTo(pixels);
  }

  @Test
  void refusesAFileThatIsCutOff() {
    replace(TRAIN_IMAGES, Arrays.copyOf(idxImages(3, 0), 20));
    refuses(
        "train-images-idx3-ubyte: expected 34 bytes for 3 images of 2x3, found 20. The file is cut"
            + " off or damaged: fetch it again.");
  }

  @Test
  void refusesAFileThatEndsWithinItsHeader() {
    replace(TRAIN_IMAGES, Arrays.copyOf(idxImages(3, 0), 10));
    refuses(
        "train-images-idx3-ubyte: expected an IDX header of 16 bytes, found a file of 10. Fetch it"
            + " again.");
  }

  @Test
  void refusesBytesBeyondTheCountOfTheHeader() {
    replace(TRAIN_LABELS, idx(0x801, new int[] {3}, new byte[5]));
    refuses(
        "train-labels-idx1-ubyte: expected 11 bytes for 3 labels, found 13. The file is cut off or"
            + " damaged: fetch it again.");
  }

  @Test
  void refusesACountThatAPackedFileDoesNotKeep() throws IOException {
    replace(TRAIN_IMAGES, idx(0x803, new int[] {3, 2, 3}, new byte[17]));
    pack(TRAIN_IMAGES);
    refuses(
        "train-images-idx3-ubyte.gz: expected 34 bytes for 3 images of 2x3, found 33. The file is"
            + " cut off or damaged: fetch it again.");
    replace(TRAIN_IMAGES, idx(0x803, new int[] {3, 2, 3}, new byte[19]));
    pack(TRAIN_IMAGES);
    refuses(
        "train-images-idx3-ubyte.gz: expected 34 bytes for 3 images of 2x3, found 35. The file is"
            + " cut off or damaged: fetch it again.");
  }

  @Test
  void refusesAPackedFileTooSmallForItsHeaderBeforeMakingRoom() {
    byte[] packed = gzip(idx(0x803, new int[] {60000, 28, 28}, new byte[0]));
    replace(TRAIN_IMAGES + ".gz", packed);
    assertThat(folder.resolve(TRAIN_IMAGES).toFile().delete()).isTrue();
    refuses(
        "train-images-idx3-ubyte.gz: expected 47040016 bytes for 60000 images of 28x28, found gzip"
            + " of %d, which cannot hold that. The file is cut off or damaged: fetch it again."
                .formatted(packed.length));
  }

  @Test
  void refusesAWrongMagicNumber() {
    replace(TRAIN_IMAGES, Arrays.copyOf(idxLabels(0, 2, 1), 30));
    refuses(
        "train-images-idx3-ubyte: expected magic number 0x00000803 (IDX images), found 0x00000801."
            + " Check that the file is what its name says.");
  }

  @Test
  void refusesAPackedFileWithoutTheEnding() {
    byte[] packed = gzip(idxImages(3, 0));
    replace(TRAIN_IMAGES, packed);
    refuses(
        "train-images-idx3-ubyte: expected the unpacked file, found %d bytes of gzip. The file is"
                .formatted(packed.length)
            + " still gzip-compressed: unpack it, or name it with .gz.");
  }

  @Test
  void refusesGzipThatIsNotGzip() throws IOException {
    Files.move(folder.resolve(TRAIN_LABELS), folder.resolve(TRAIN_LABELS + ".gz"));
    refuses(
        "train-labels-idx1-ubyte.gz: not a gzip file, whatever its name says. Fetch it again, or"
            + " drop the .gz where it is already unpacked.");
  }

  @Test
  void refusesGzipThatIsCutOffOrDamaged() throws IOException {
    byte[] packed = gzip(idxLabels(0, 2, 1));
    Files.delete(folder.resolve(TRAIN_LABELS));
    replace(TRAIN_LABELS + ".gz", Arrays.copyOf(packed, packed.length - 6));
    refuses(
        "train-labels-idx1-ubyte.gz: the gzip data is damaged or cut off (ends too early). Fetch it again.");
    packed[packed.length - 6] ^= 1;
    replace(TRAIN_LABELS + ".gz", packed);
    refuses(
        "train-labels-idx1-ubyte.gz: the gzip data is damaged or cut off (Corrupt GZIP trailer)."
            + " Fetch it again.");
  }

  @Test
  void refusesLabelsAndImagesThatDisagreeInNumber() {
    replace(TRAIN_LABELS, idxLabels(0, 2, 1, 1));
    refuses(
        "train-labels-idx1-ubyte: expected 3 labels, one for each image of train-images-idx3-ubyte,"
            + " found 4. Both must come from one data set.");
  }

  @Test
  void refusesATestLabelThatTrainingDoesNotKnow() {
    replace(TEST_LABELS, idxLabels(1, 3));
    refuses(
        "t10k-labels-idx1-ubyte: image 1 has label 3, expected 0 to 2 as in"
            + " train-labels-idx1-ubyte. Both must come from one data set.");
  }

  @Test
  void refusesAnEmptyFile() {
    replace(TRAIN_IMAGES, new byte[0]);
    refuses("train-images-idx3-ubyte: the file is empty. Fetch it again.");
  }

  @Test
  void refusesAFileOfNoImages() {
    replace(TRAIN_IMAGES, idx(0x803, new int[] {0, 2, 3}, new byte[0]));
    refuses(
        "train-images-idx3-ubyte: expected at least one of its images, found a count of 0. Fetch it"
            + " again.");
  }

  @Test
  void refusesADimensionOfZero() {
    replace(TRAIN_IMAGES, idx(0x803, new int[] {3, 0, 3}, new byte[0]));
    refuses(
        "train-images-idx3-ubyte: found images of 0x3; height and width must be 1 to 16384, got 0x3."
            + " The header is damaged: fetch the file again.");
  }

  @Test
  void refusesAnAbsurdDimensionWithoutMakingRoomForIt() {
    replace(TRAIN_IMAGES, idx(0x803, new int[] {3, 2, 0x7fffffff}, new byte[18]));
    refuses(
        "train-images-idx3-ubyte: found images of 2x2147483647; height and width must be 1 to 16384,"
            + " got 2x2147483647. The header is damaged: fetch the file again.");
  }

  @Test
  void refusesMoreImagesThanMemoryCanAddressWithoutMakingRoomForThem() {
    replace(TRAIN_IMAGES, idx(0x803, new int[] {0x7fffffff, 16384, 16384}, new byte[18]));
    refuses(
        "train-images-idx3-ubyte: expected at most 2147483639 bytes, found a header of 2147483647"
            + " images of 16384x16384. Split the set, or fetch it again.");
  }

  @Test
  void refusesAFolderThatDoesNotExist() {
    folder = folder.resolve("absent");
    assertThatThrownBy(this::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "%s: no such folder. Name the one that holds the data set's files.",
            new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  @Test
  void refusesAFolderOfAnUnknownFileSystem() {
    assertThatThrownBy(
            () ->
                RawFolder.open(
                    new org.apache.hadoop.fs.Path("nowhere://host/images"), new Configuration()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "nowhere://host/images: cannot be read: No FileSystem for scheme \"nowhere\". Check the"
                + " address and its permissions.");
  }

  @Test
  void namesTheFilesLookedForWhereOneIsMissing() throws IOException {
    Files.delete(folder.resolve(TRAIN_LABELS));
    assertThatThrownBy(this::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            ": no training labels here. Looked for train-labels-idx1-ubyte,"
                + " train-labels-idx1-ubyte.gz, train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz;"
                + " found t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, train-images-idx3-ubyte.");
  }

  @Test
  void refusesAFileWhereAFolderIsNeeded() {
    folder = folder.resolve(TRAIN_LABELS);
    assertThatThrownBy(this::read)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("train-images.idx3-ubyte.gz; this is a file, not a folder.");
  }
}
