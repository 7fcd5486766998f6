package convoy.data.format;

import static convoy.data.SampleFiles.cifarArchive;
import static convoy.data.SampleFiles.cifarBatch;
import static convoy.data.SampleFiles.cifarFolder;
import static convoy.data.SampleFiles.gzip;
import static convoy.data.SampleFiles.tarGzip;
import static convoy.data.SampleFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.SampleFiles.TarEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {
  private static final String ARCHIVE = "cifar-10-binary.tar.gz";

  @TempDir Path folder;

  private static RawDataset read(Path from) {
    Configuration hadoop = new Configuration();
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(from.toUri());
    return CifarFiles.in(RawFolder.open(path, hadoop), hadoop).read("toy");
  }

  private void refuses(String message) {
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(message);
  }

  private static void isTheSample(RawDataset dataset) {
    assertThat(dataset.train().shape()).isEqualTo(new ImageShape(3, 32, 32));
    assertThat(dataset.train().size()).isEqualTo(10);
    assertThat(dataset.test().size()).isEqualTo(2);
    assertThat(Stream.of(0, 1, 2, 9).map(i -> dataset.train().label(i)))
        .containsExactly(1, 9, 2, 9);
    assertThat(Arrays.copyOfRange(dataset.train().pixels(), 3072, 3075))
        .containsExactly(10, 11, 12);
    assertThat(dataset.test().label(0)).isEqualTo(3);
  }

  @Test
  void readsSixFilesInAFolder() {
    RawDataset dataset = read(cifarFolder(folder));
    isTheSample(dataset);
    assertThat(dataset.classes())
        .startsWith("airplane", "automobile")
        .endsWith("truck")
        .hasSize(10);
    assertThat(dataset.sources()).hasSize(6);
    assertThat(dataset.sources().get(5).name()).isEqualTo("test_batch.bin");
  }

  @Test
  void readsTheFolderThatUnpackingTheArchiveMakes() {
    cifarFolder(folder.resolve("cifar-10-batches-bin"));
    isTheSample(read(folder));
  }

  @Test
  void readsTheArchiveInAFolderWithoutUnpackingIt() throws IOException {
    write(folder.resolve(ARCHIVE), cifarArchive());
    RawDataset dataset = read(folder);
    isTheSample(dataset);
    assertThat(dataset.sources())
        .containsExactly(new RawDataset.SourceFile(ARCHIVE, Sha256.of(folder.resolve(ARCHIVE))));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve(ARCHIVE));
    }
  }

  @Test
  void readsAnArchiveNamedDirectly() {
    write(folder.resolve("mine.tgz"), cifarArchive());
    isTheSample(read(folder.resolve("mine.tgz")));
  }

  @Test
  void takesClassNamesFromTheMetaFile() {
    cifarFolder(folder);
    byte[] names = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".getBytes(StandardCharsets.UTF_8);
    write(folder.resolve("batches.meta.txt"), names);
    assertThat(read(folder).classes()).containsExactly("a b c d e f g h i j".split(" "));
  }

  @Test
  void refusesAMetaFileWithoutTenNames() {
    cifarFolder(folder);
    write(folder.resolve("batches.meta.txt"), "cat\ndog\n".getBytes(StandardCharsets.UTF_8));
    refuses(
        "batches.meta.txt: expected 10 class names, one a line, found 2. Fetch the file again, or"
            + " remove it.");
  }

  @Test
  void refusesAFileThatIsCutOff() {
    cifarFolder(folder);
    write(folder.resolve("data_batch_2.bin"), Arrays.copyOf(cifarBatch(1, 2), 5000));
    refuses(
        "data_batch_2.bin: expected a multiple of 3073 bytes, one label and 32x32x3 pixels an image,"
            + " found 5000. Fetch the file again.");
  }

  @Test
  void refusesALabelOutOfRange() {
    cifarFolder(folder);
    write(folder.resolve("data_batch_2.bin"), cifarBatch(1, 10));
    refuses(
        "data_batch_2.bin: image 1 has label 10, expected 0 to 9. The file is damaged or in another"
            + " format: fetch it again.");
  }

  @Test
  void refusesAnEmptyFile() {
    cifarFolder(folder);
    write(folder.resolve("data_batch_2.bin"), new byte[0]);
    refuses("data_batch_2.bin: the file is empty. Fetch it again.");
  }

  @Test
  void refusesAFileThatIsStillPacked() {
    cifarFolder(folder);
    byte[] packed = gzip(cifarBatch(1, 2));
    write(folder.resolve("data_batch_2.bin"), packed);
    refuses(
        "data_batch_2.bin: expected the unpacked file, found %d bytes of gzip. The file is still"
                .formatted(packed.length)
            + " gzip-compressed: unpack it, or name it with .gz.");
  }

  @Test
  void refusesAnArchiveThatIsNotGzip() {
    write(folder.resolve(ARCHIVE), cifarBatch(1));
    refuses(
        ARCHIVE
            + ": not a gzip file, whatever its name says. Fetch it again, or drop the .gz where it is"
            + " already unpacked.");
  }

  @Test
  void refusesAnArchiveThatIsCutOff() {
    byte[] archive = cifarArchive();
    write(folder.resolve(ARCHIVE), Arrays.copyOf(archive, archive.length / 2));
    refuses(
        ARCHIVE + ": the gzip data is damaged or cut off (ends too early). Fetch it" + " again.");
  }

  @Test
  void refusesAnArchiveThatIsNotTar() {
    byte[] text = "no tar archive ".repeat(100).getBytes(StandardCharsets.UTF_8);
    write(folder.resolve(ARCHIVE), gzip(text));
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(ARCHIVE + ": not a tar archive, or a damaged one (");
  }

  @Test
  void refusesAnEmptyArchive() {
    write(folder.resolve(ARCHIVE), new byte[0]);
    refuses(ARCHIVE + ": the file is empty. Fetch it again.");
  }

  @Test
  void refusesAnArchiveThatLacksAFile() {
    write(folder.resolve(ARCHIVE), tarGzip(new TarEntry("data_batch_1.bin", cifarBatch(1))));
    refuses(
        ARCHIVE
            + ": expected data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin,"
            + " data_batch_5.bin and test_batch.bin inside, found no data_batch_2.bin. Fetch it"
            + " again.");
  }

  @Test
  void refusesAnArchiveThatHoldsAFileTwice() {
    TarEntry entry = new TarEntry("data_batch_1.bin", cifarBatch(1));
    write(folder.resolve(ARCHIVE), tarGzip(entry, entry));
    refuses(ARCHIVE + ": holds data_batch_1.bin twice. Fetch it again.");
  }

  @Test
  void refusesAnEntryThatPointsOutside() {
    for (String name :
        new String[] {
          "../data_batch_1.bin", "/data_batch_1.bin", "a/../../b", "a\\..\\b", "C:\\b"
        }) {
      write(folder.resolve(ARCHIVE), tarGzip(new TarEntry(name, cifarBatch(1))));
      assertThatThrownBy(() -> read(folder))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(ARCHIVE + ": entry ")
          .hasMessageEndingWith(
              " points outside the archive. Do not use it; fetch it from its official address.");
    }
  }

  @Test
  void refusesAnEntryThatIsALinkOrADevice() {
    for (byte type :
        new byte[] {
          TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_FIFO
        }) {
      write(folder.resolve(ARCHIVE), tarGzip(new TarEntry("data_batch_1.bin", type, new byte[0])));
      refuses(
          ARCHIVE
              + ": entry data_batch_1.bin is a link or device, expected plain files. Do not use it;"
              + " fetch it from its official address.");
    }
  }

  @Test
  void namesTheFilesLookedForWhereOneIsMissing() throws IOException {
    cifarFolder(folder);
    Files.delete(folder.resolve("data_batch_4.bin"));
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            ": no data_batch_4.bin here. Looked for data_batch_1.bin, data_batch_2.bin,"
                + " data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, test_batch.bin,"
                + " cifar-10-batches-bin/, cifar-10-binary.tar.gz; found data_batch_1.bin");
  }
}
