package convoy.driver.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageSet;
import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.driver.LocalSpark;
import convoy.driver.ToyImages;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.evaluate.Counts;
import convoy.driver.evaluate.Evaluator;
import convoy.driver.evaluate.Views;
import convoy.driver.predict.ImageSource.Inventory;
import convoy.driver.predict.PredictedRows.Row;
import convoy.driver.store.Files;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PredictorTest {
  private static final RawDataset RAW = ToyImages.digits(60, 253);
  private static final ImageShape SHAPE = RAW.test().shape();
  private static final List<String> CLASSES = RAW.classes();
  private static final int BATCH = 20;
  private static final Files FILES = new Files(new Configuration());

  @TempDir private static Path sets;
  private static PreparedDataset dataset;
  private static Engine engine;
  private static float[] parameters;
  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    dataset = ToyImages.prepared(RAW, sets.resolve("set"));
    engine =
        Engine.dl4j(
            Zoo.named("lenet5", new InputShape(1, 28, 28), ToyImages.CLASSES)
                .configuration(Optimizer.ADAM, 1e-3, 1));
    parameters = engine.initialState().parameters();
  }

  @Test
  void labelsEveryImageOfAPreparedSetAsAPlainLoopDoes() throws IOException {
    PartCounts counts = predict(sets.resolve("set"), "out");
    assertThat(counts).isEqualTo(new PartCounts(313, 0, 313));
    Map<String, Row> rows = rows("out");
    assertThat(rows).hasSize(313);
    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(parameters);
      for (String split : List.of("train", "test")) {
        ImageSet images = split.equals("train") ? RAW.train() : RAW.test();
        for (int i = 0; i < images.size(); i++) {
          float[] expected = scorer.score(pixels(images, i), 1);
          assertRow(rows.get(dataset.root() + "/" + split + "#" + i), expected);
        }
      }
    }
    assertThat(rows.values().stream().map(Row::label).distinct().count()).isGreaterThan(1);
  }

  private static void assertRow(Row row, float[] expected) {
    int best = 0;
    for (int c = 0; c < expected.length; c++) {
      assertThat(row.probabilities().get(c)).isCloseTo(expected[c], within(1e-6f));
      best = expected[c] > expected[best] ? c : best;
    }
    assertThat(row.label()).isEqualTo(CLASSES.get(best));
    assertThat(row.confidence()).isEqualTo(row.probabilities().get(best));
    assertThat(row.probabilities()).hasSize(ToyImages.CLASSES);
  }

  @Test
  void givesTheLabelsThatAnEvaluationCounts() throws IOException {
    predict(sets.resolve("set"), "out");
    Map<String, Row> rows = rows("out");
    Counts counts =
        new Evaluator(LocalSpark.context(), "same", engine, SHAPE, ToyImages.CLASSES, Views.NONE)
            .evaluate(dataset.testBatches(LocalSpark.session(), BATCH, 2), parameters);
    long correct = 0;
    for (int i = 0; i < RAW.test().size(); i++) {
      String label = rows.get(dataset.root() + "/test#" + i).label();
      correct += label.equals(CLASSES.get(RAW.test().label(i))) ? 1 : 0;
    }
    assertThat(counts.count()).isEqualTo(253);
    assertThat(correct).isEqualTo(counts.correct()).isPositive();
  }

  @Test
  void labelsIdxTheSameWhetherItIsPackedOrNot() throws IOException {
    byte[] idx = idx(RAW.test());
    Path plain = java.nio.file.Files.write(folder.resolve("plain"), idx);
    Path packed = folder.resolve("packed");
    try (OutputStream out = new GZIPOutputStream(java.nio.file.Files.newOutputStream(packed))) {
      out.write(idx);
    }
    assertThat(predict(plain, "a")).isEqualTo(new PartCounts(253, 0, 253));
    assertThat(predict(packed, "b")).isEqualTo(new PartCounts(253, 0, 253));
    Map<String, Row> rows = rows("a");
    Map<String, Row> again = rows("b");
    predict(sets.resolve("set"), "c");
    Map<String, Row> prepared = rows("c");
    for (int i = 0; i < 253; i++) {
      Row row = rows.get("file:" + plain + "#" + i);
      assertThat(row).isEqualTo(again.get("file:" + packed + "#" + i));
      assertThat(row.label()).isEqualTo(prepared.get(dataset.root() + "/test#" + i).label());
    }
    // Thirteen parts of a batch each, the last one short.
    assertThat(names("a")).hasSize(13);
  }

  @Test
  void labelsFilesBesideOthersThatItCannotRead() throws IOException {
    Path pictures = folder.resolve("pictures");
    Map<String, Integer> written = new HashMap<>();
    for (int i = 0; i < 45; i++) {
      Path file = pictures.resolve(i % 3 == 0 ? "deep/er/" + i + ".PNG" : i + ".png");
      write(RAW.test(), i, file);
      written.put("file:" + file, i);
    }
    java.nio.file.Files.writeString(pictures.resolve("7.png"), "no picture");
    java.nio.file.Files.write(pictures.resolve("44.png"), new byte[0]);
    assertThat(predict(pictures, "out")).isEqualTo(new PartCounts(45, 2, 45));
    Map<String, Row> rows = rows("out");
    assertThat(rows.keySet()).isEqualTo(written.keySet());
    try (LocalScorer scorer = engine.scorer()) {
      scorer.load(parameters);
      for (Map.Entry<String, Integer> each : written.entrySet()) {
        Row row = rows.get(each.getKey());
        if (each.getValue() == 7 || each.getValue() == 44) {
          assertThat(row)
              .isEqualTo(
                  new Row(
                      null,
                      null,
                      null,
                      each.getValue()
                          + ".png: neither a PNG nor a JPEG file: it starts with "
                          + (each.getValue() == 7 ? "0x6e6f2070." : "nothing, being empty.")));
        } else {
          assertRow(row, scorer.score(pixels(RAW.test(), each.getValue()), 1));
        }
      }
    }
  }

  @Test
  void aFileThatWentAwayIsOneRowWithAnError() throws IOException {
    Path pictures = folder.resolve("pictures");
    for (int i = 0; i < 3; i++) {
      write(RAW.test(), i, pictures.resolve(i + ".png"));
    }
    ImageSource source = ImageSource.at(FILES, path(pictures));
    Inventory inventory = source.count(FILES, path(folder.resolve("out")));
    java.nio.file.Files.delete(pictures.resolve("1.png"));
    assertThat(predict(source, inventory, "out")).isEqualTo(new PartCounts(3, 1, 3));
    assertThat(rows("out").get("file:" + pictures + "/1.png").error())
        .startsWith("1.png: cannot be read: ");
  }

  @Test
  void makesOnlyThePartsThatAreMissing() throws IOException {
    Path plain = java.nio.file.Files.write(folder.resolve("plain"), idx(RAW.test()));
    predict(plain, "out");
    Map<String, Row> whole = rows("out");
    Path parts = folder.resolve("out/predictions");
    java.nio.file.Files.delete(parts.resolve("part-00002.parquet"));
    java.nio.file.Files.delete(parts.resolve("part-00012.parquet"));
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    for (String name : names("out")) {
      java.nio.file.Files.setLastModifiedTime(parts.resolve(name), longAgo);
    }
    assertThat(predict(plain, "out")).isEqualTo(new PartCounts(253, 0, 33));
    assertThat(rows("out")).isEqualTo(whole);
    TreeSet<String> made = new TreeSet<>();
    for (String name : names("out")) {
      if (!java.nio.file.Files.getLastModifiedTime(parts.resolve(name)).equals(longAgo)) {
        made.add(name);
      }
    }
    assertThat(made).containsExactly("part-00002.parquet", "part-00012.parquet");
  }

  @Test
  void refusesToBuildOnAPartThatIsDamaged() throws IOException {
    Path plain = java.nio.file.Files.write(folder.resolve("plain"), idx(RAW.test()));
    Path part = folder.resolve("out/predictions/part-00003.parquet");
    java.nio.file.Files.createDirectories(part.getParent());
    java.nio.file.Files.writeString(part, "half a file");
    assertThatThrownBy(() -> predict(plain, "out"))
        .hasStackTraceContaining("InvalidDataException: file:%s: is damaged".formatted(part));
    assertThat(part).hasContent("half a file");
  }

  @Test
  void refusesAnOutputOfMoreOrFewerImagesThanThereAre() {
    assertThatThrownBy(
            () ->
                Predictor.requireAll(
                    new PartCounts(9, 0, 9), 10, new org.apache.hadoop.fs.Path("file:/set")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("file:/set: 9 images were found where 10 should be.");
  }

  @Test
  void tellsHowManyPartsAreDone() throws IOException {
    Path plain = java.nio.file.Files.write(folder.resolve("plain"), idx(RAW.test()));
    ImageSource source = ImageSource.at(FILES, path(plain));
    List<Integer> told = new CopyOnWriteArrayList<>();
    Path out = folder.resolve("out");
    Inventory inventory = source.count(FILES, path(out));
    predictor()
        .predict(
            source.parts(FILES, path(out), inventory, 100),
            parameters,
            path(out.resolve("predictions")),
            told::add);
    assertThat(told).isSubsetOf(1, 2, 3);
  }

  private PartCounts predict(Path images, String out) throws IOException {
    ImageSource source = ImageSource.at(FILES, path(images));
    source.check(SHAPE);
    return predict(source, source.count(FILES, path(folder.resolve(out))), out);
  }

  private PartCounts predict(ImageSource source, Inventory inventory, String out)
      throws IOException {
    org.apache.hadoop.fs.Path place = path(folder.resolve(out));
    List<ImagePart> parts =
        source.parts(FILES, place, inventory, ImageSource.imagesPerPart(inventory.count(), BATCH));
    return predictor()
        .predict(
            parts, parameters, new org.apache.hadoop.fs.Path(place, "predictions"), done -> {});
  }

  private static Predictor predictor() {
    return new Predictor(LocalSpark.context(), "checksum", engine, SHAPE, CLASSES, BATCH);
  }

  private Map<String, Row> rows(String out) throws IOException {
    return PredictedRows.in(folder.resolve(out).resolve("predictions"));
  }

  private List<String> names(String out) {
    List<String> names = new ArrayList<>();
    for (String name : folder.resolve(out).resolve("predictions").toFile().list()) {
      names.add(name);
    }
    return names;
  }

  private static org.apache.hadoop.fs.Path path(Path path) throws IOException {
    return FILES.resolve(path.toString());
  }

  private static float[] pixels(ImageSet images, int index) {
    float[] pixels = new float[SHAPE.pixels()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (images.pixels()[index * pixels.length + i] & 0xff) / 255f;
    }
    return pixels;
  }

  private static byte[] idx(ImageSet images) {
    ByteBuffer idx = ByteBuffer.allocate(16 + images.pixels().length);
    idx.putInt(0x803).putInt(images.size()).putInt(28).putInt(28).put(images.pixels());
    return idx.array();
  }

  private static void write(ImageSet images, int index, Path file) throws IOException {
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 784; i++) {
      image.getRaster().setSample(i % 28, i / 28, 0, images.pixels()[index * 784 + i] & 0xff);
    }
    java.nio.file.Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }
}
