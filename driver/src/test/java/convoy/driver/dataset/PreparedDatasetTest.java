package convoy.driver.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.driver.CommandLineException;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.store.Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PreparedDatasetTest {
  private final SparkSession spark = LocalSpark.session();
  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void dealsEveryTrainingImageToOneWorker(int workers) throws IOException {
    RawDataset raw = ToyImages.digits(1_003, 10);
    List<ImageBlock> blocks = write(raw).shards(spark, 0, workers).collect();
    assertThat(blocks).hasSize(workers);
    assertThat(ids(blocks))
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 1_003).boxed().toList());
    blocks.forEach(block -> assertSame(block, raw));
  }

  @Test
  void holdsOutTheLastTrainingImagesForValidation() throws IOException {
    PreparedDataset dataset = write(ToyImages.digits(100, 10));
    assertThat(ids(dataset.shards(spark, 30, 2).collect()))
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 70).boxed().toList());
    assertThat(ids(dataset.validationBatches(spark, 30, 20, 2).collect()))
        .containsExactlyElementsOf(LongStream.range(70, 100).boxed().toList());
  }

  @Test
  void cutsTheTestImagesIntoBatchesWithTheRemainderLast() throws IOException {
    PreparedDataset dataset = write(ToyImages.digits(10, 95));
    JavaRDD<ImageBlock> batches = dataset.testBatches(spark, 20, 3);
    assertThat(batches.getNumPartitions()).isEqualTo(3);
    assertThat(batches.map(ImageBlock::size).collect()).containsExactly(20, 20, 20, 20, 15);
    assertThat(ids(batches.collect()))
        .containsExactlyElementsOf(LongStream.range(0, 95).boxed().toList());
  }

  @Test
  void describesWhatItHolds() throws IOException {
    RawDataset raw = ToyImages.of(new ImageShape(3, 8, 6), 50, 20);
    DatasetManifest manifest = PreparedDataset.open(files, write(raw).root()).manifest();
    assertThat(manifest.shape()).isEqualTo(new ImageShape(3, 8, 6));
    assertThat(manifest.counts()).isEqualTo(new DatasetManifest.Counts(50, 20));
    assertThat(manifest.classes()).isEqualTo(raw.classes());
    assertThat(manifest.sources()).isEqualTo(raw.sources());
    assertThat(manifest.checksum()).matches("[0-9a-f]{64}");
    double sum = 0;
    for (int image = 0; image < 50; image++) {
      for (int i = 48; i < 96; i++) {
        sum += (raw.train().pixels()[image * 144 + i] & 0xff) / 255.0;
      }
    }
    assertThat(manifest.mean().get(1)).isCloseTo(sum / (50 * 48), within(1e-9));
    assertThat(manifest.std()).allSatisfy(std -> assertThat(std).isBetween(0.05, 0.5));
  }

  @Test
  void leavesNothingBesideAPreparedSet() throws IOException {
    write(ToyImages.digits(20, 10));
    try (Stream<Path> entries = java.nio.file.Files.list(folder)) {
      assertThat(entries.map(p -> p.getFileName().toString())).containsExactly("set");
    }
  }

  @Test
  void refusesAFolderThatHoldsNoPreparedSet() {
    assertThatThrownBy(() -> PreparedDataset.open(files, files.resolve(folder.toString())))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--data file:" + folder)
        .hasMessageContaining("holds no prepared image set (no dataset.json in it)");
  }

  @Test
  void noticesAMissingPartFile() throws IOException {
    PreparedDataset dataset = write(ToyImages.of(new ImageShape(3, 200, 200), 300, 10));
    java.nio.file.Files.delete(partFiles("train").get(1));
    assertThatThrownBy(() -> dataset.shards(spark, 0, 2).count())
        .hasRootCauseInstanceOf(InvalidDataException.class)
        .rootCause()
        .hasMessageContaining("/train: of the ")
        .hasMessageContaining("A part file is missing: delete the set and prepare it again.");
  }

  @Test
  void saysWhatToDoWithoutTestImages() throws IOException {
    PreparedDataset dataset = write(ToyImages.digits(20, 0));
    assertThatThrownBy(() -> dataset.testBatches(spark, 10, 2))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith(
            "/test: holds no images. Name a set by --data that has some, or prepare one.");
  }

  @Test
  void noticesADamagedPartFile() throws IOException {
    PreparedDataset dataset = write(ToyImages.digits(1_000, 10));
    Path part = partFiles("train").get(0);
    byte[] bytes = java.nio.file.Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 1;
    java.nio.file.Files.write(part, bytes);
    assertThatThrownBy(() -> dataset.shards(spark, 0, 2).count())
        .cause()
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("/train/" + part.getFileName() + ": cannot be read (")
        .hasMessageContaining("CRC checksum verification failed")
        .hasMessageEndingWith("If it is damaged, delete the set and prepare it again.");
  }

  @Test
  void refusesAnotherProgramsManifest() throws IOException {
    java.nio.file.Files.writeString(folder.resolve("dataset.json"), "{\"schema\": 7}");
    assertThatThrownBy(() -> PreparedDataset.open(files, files.resolve(folder.toString())))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith("/dataset.json: schema 7, this program reads 1");
  }

  private PreparedDataset write(RawDataset raw) throws IOException {
    return new DatasetWriter(spark, files)
        .write(raw, files.resolve(folder.resolve("set").toString()));
  }

  private List<Path> partFiles(String split) throws IOException {
    try (Stream<Path> entries = java.nio.file.Files.list(folder.resolve("set").resolve(split))) {
      return entries.filter(p -> p.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  private static List<Long> ids(List<ImageBlock> blocks) {
    List<Long> ids = new ArrayList<>();
    for (ImageBlock block : blocks) {
      for (int i = 0; i < block.size(); i++) {
        ids.add(block.id(i));
      }
    }
    return ids;
  }

  private static void assertSame(ImageBlock block, RawDataset raw) {
    int bytes = raw.train().shape().pixels();
    for (int i = 0; i < block.size(); i++) {
      int id = (int) block.id(i);
      assertThat(block.label(i)).isEqualTo(raw.train().label(id));
      assertThat(Arrays.copyOfRange(block.pixels(), i * bytes, (i + 1) * bytes))
          .isEqualTo(Arrays.copyOfRange(raw.train().pixels(), id * bytes, (id + 1) * bytes));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }
}
