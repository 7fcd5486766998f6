package convoy.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.RawDataset;
import convoy.data.SampleFiles;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetSourceTest {
  @TempDir Path folder;

  private RawDataset load(DatasetSource source, Path from) {
    return source.load(
        Optional.ofNullable(from).map(path -> new org.apache.hadoop.fs.Path(path.toUri())),
        new Configuration(),
        DownloadCache.at(folder.resolve("cache")),
        TransferProgress.SILENT);
  }

  @Test
  void readsOnesOwnFilesOfEitherFormat() {
    Path idx = SampleFiles.idxFolder(folder.resolve("idx"));
    Path cifar = SampleFiles.cifarFolder(folder.resolve("cifar"));
    assertThat(load(DatasetSource.IDX, idx).name()).isEqualTo("idx");
    assertThat(load(DatasetSource.CIFAR, cifar).name()).isEqualTo("cifar");
  }

  @Test
  void needsToKnowWhereOnesOwnFilesAre() {
    assertThatThrownBy(() -> load(DatasetSource.CIFAR, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--from: needed with --dataset cifar. Name the folder that holds its files.");
  }

  /** Skipped where no source answers, as on a machine that is cut off; never in CI. */
  @Test
  void readsMnistItself() {
    Path cache =
        Path.of(
            Objects.requireNonNullElseGet(
                System.getenv("CONVOY_CACHE"),
                () -> System.getProperty("user.home") + "/.cache/convoy"));
    RawDataset mnist;
    try {
      mnist =
          DatasetSource.MNIST.load(
              Optional.empty(),
              new Configuration(),
              DownloadCache.at(cache),
              TransferProgress.SILENT);
    } catch (SourceUnavailableException e) {
      if (Boolean.parseBoolean(System.getenv("CI"))) {
        throw e;
      }
      Assumptions.abort("skipped, for MNIST is out of reach: " + e.getMessage());
      return;
    }
    assertThat(mnist.train().shape()).isEqualTo(new ImageShape(1, 28, 28));
    assertThat(mnist.train().size()).isEqualTo(60_000);
    assertThat(mnist.test().size()).isEqualTo(10_000);
    assertThat(IntStream.range(0, 5).map(mnist.train()::label)).containsExactly(5, 0, 4, 1, 9);
    assertThat(mnist.classes()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(mnist.sources())
        .containsExactly(
            new RawDataset.SourceFile(
                "train-images-idx3-ubyte",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            new RawDataset.SourceFile(
                "train-labels-idx1-ubyte",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            new RawDataset.SourceFile(
                "t10k-images-idx3-ubyte",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            new RawDataset.SourceFile(
                "t10k-labels-idx1-ubyte",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));
  }
}
