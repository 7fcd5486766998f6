package convoy.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.SampleFiles;
import convoy.data.format.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of sources, with a small archive in the official one's place. */
class Cifar10SourceTest {
  private static final String ARCHIVE = "cifar-10-binary.tar.gz";

  @TempDir Path folder;
  private Path archive;

  @BeforeEach
  void writeArchive() {
    archive = folder.resolve(ARCHIVE);
    SampleFiles.write(archive, SampleFiles.cifarArchive());
  }

  private Cifar10Source source(URI... mirrors) throws IOException {
    return new Cifar10Source(
        new RemoteFile(
            ARCHIVE,
            Files.size(archive),
            Sha256.of(archive),
            RemoteFile.Packing.PLAIN,
            List.of(mirrors)));
  }

  private RawDataset load(Cifar10Source source, Optional<Path> from) {
    return source.load(
        from.map(path -> new org.apache.hadoop.fs.Path(path.toUri())),
        new Configuration(),
        DownloadCache.at(folder.resolve("cache")),
        TransferProgress.SILENT);
  }

  @Test
  void readsTheArchiveNamed() throws IOException {
    RawDataset dataset = load(source(), Optional.of(archive));
    assertThat(dataset.name()).isEqualTo("cifar10");
    assertThat(dataset.train().size()).isEqualTo(10);
  }

  @Test
  void refusesAnArchiveThatIsNotTheOfficialOne() {
    assertThatThrownBy(() -> load(Cifar10Source.standard(), Optional.of(folder)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            ARCHIVE
                + ": expected the official archive with SHA-256"
                + " c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd, found %s. To"
                + " read an archive of your own, use --dataset cifar.",
            Sha256Of.file(archive));
  }

  @Test
  void takesUnpackedFilesByTheirStructureAndRecordsTheirChecksums() {
    Path raw = SampleFiles.cifarFolder(folder.resolve("raw"));
    RawDataset dataset = load(Cifar10Source.standard(), Optional.of(raw));
    assertThat(dataset.sources().get(0).sha256())
        .isEqualTo(Sha256Of.file(raw.resolve("data_batch_1.bin")));
  }

  @Test
  void takesTheOfficialAddressThenTheCache() throws IOException {
    Cifar10Source source;
    try (Mirror mirror = Mirror.answering(Mirror.whole(Files.readAllBytes(archive)))) {
      source = source(mirror.uri());
      assertThat(load(source, Optional.empty()).test().size()).isEqualTo(2);
    }
    RawDataset cached = load(source, Optional.empty());
    assertThat(cached.test().size()).as("with the mirror gone").isEqualTo(2);
    assertThat(cached.sources())
        .containsExactly(new RawDataset.SourceFile(ARCHIVE, Sha256Of.file(archive)));
  }

  @Test
  void saysWhatWasTriedWhereNothingAnswers() throws IOException {
    try (Mirror mirror = Mirror.answering(Mirror.status(500))) {
      Cifar10Source source = source(mirror.uri());
      assertThatThrownBy(() -> load(source, Optional.empty()))
          .isInstanceOf(SourceUnavailableException.class)
          .hasMessage(
              """
              cifar10: no source answered. Name a folder that holds its files with --from DIR. Tried:
                cache %s: not there
                %s: answered with HTTP status 500"""
                  .formatted(folder.resolve("cache"), mirror.uri()));
    }
  }

  /** The checksum without its checked exception. */
  private static final class Sha256Of {
    static String file(Path path) {
      try {
        return Sha256.of(path);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
