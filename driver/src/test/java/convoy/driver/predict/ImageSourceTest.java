package convoy.driver.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import convoy.driver.CommandLineException;
import convoy.driver.ToyImages;
import convoy.driver.predict.ImageSource.Inventory;
import convoy.driver.store.Files;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageSourceTest {
  private static final ImageShape GREY = new ImageShape(1, 28, 28);
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;
  private org.apache.hadoop.fs.Path place;

  @BeforeEach
  void choosePlace() throws IOException {
    place = files.resolve(folder.resolve("place").toString());
  }

  @Test
  void listsPicturesInTheOrderOfTheirNamesAndLeavesOthersOut() throws IOException {
    for (String name :
        List.of(
            "b.png",
            "a.JPG",
            "c.jpeg",
            "notes.txt",
            ".hidden.png",
            "_part.png",
            "d/z.png",
            "d/a b#?%20.png",
            "d/a:b.png",
            "d/line\nend.png",
            ".git/x.png",
            "_temporary/x.png")) {
      touch("in/" + name);
    }
    ImageSource source = at("in");
    Inventory inventory = source.count(files, place);
    assertThat(inventory.count()).isEqualTo(7);
    List<ImagePart> parts = source.parts(files, place, inventory, 3);
    assertThat(parts).extracting(ImagePart::number).containsExactly(0, 1, 2);
    String in = "file:" + folder.resolve("in");
    assertThat(paths(parts.get(0))).containsExactly(in + "/a.JPG", in + "/b.png", in + "/c.jpeg");
    assertThat(paths(parts.get(1)))
        .containsExactly(in + "/d/a b#?%20.png", in + "/d/a:b.png", in + "/d/line\nend.png");
    assertThat(paths(parts.get(2))).containsExactly(in + "/d/z.png");
  }

  @Test
  void keepsTheListThatAJobBeganWith() throws IOException {
    touch("in/a.png");
    ImageSource source = at("in");
    Inventory inventory = source.count(files, place);
    touch("in/b.png");
    List<ImagePart> parts = source.parts(files, place, inventory, 10);
    assertThat(parts).hasSize(1);
    assertThat(paths(parts.get(0))).containsExactly("file:" + folder.resolve("in/a.png"));
  }

  @Test
  void noticesAListThatWasDamaged() throws IOException {
    touch("in/a.png");
    ImageSource source = at("in");
    Inventory inventory = source.count(files, place);
    java.nio.file.Files.writeString(folder.resolve("place/_images.txt"), "file:/etc/passwd\n");
    assertThatThrownBy(() -> source.parts(files, place, inventory, 10))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("_images.txt: is damaged: not the list that the job began with.");
  }

  @Test
  void takesAFileForWhatItsFirstBytesSay() throws IOException {
    write("picture", PNG);
    write("digits.png", idx(3));
    write("packed", gzip(idx(3)));
    assertThat(at("picture").kind()).isEqualTo("files");
    assertThat(at("digits.png").kind()).isEqualTo("idx");
    assertThat(at("packed").kind()).isEqualTo("idx");
    assertThat(at("packed").count(files, place).count()).isEqualTo(3);
    assertThat(folder.resolve("place/_images.idx")).hasBinaryContent(idx(3));
  }

  @Test
  void cutsIdxIntoStretchesOfImages() throws IOException {
    write("digits", idx(7));
    ImageSource source = at("digits");
    String name = "file:" + folder.resolve("digits");
    assertThat(source.parts(files, place, source.count(files, place), 3))
        .containsExactly(
            new ImagePart.Idx(0, name, name, 0, 3),
            new ImagePart.Idx(1, name, name, 3, 6),
            new ImagePart.Idx(2, name, name, 6, 7));
  }

  @Test
  void makesPartsOfWholeBatchesAndNotTooMany() {
    assertThat(ImageSource.imagesPerPart(1, 1_000)).isEqualTo(1_000);
    assertThat(ImageSource.imagesPerPart(2_000_000, 1_000)).isEqualTo(1_000);
    assertThat(ImageSource.imagesPerPart(2_000_001, 1_000)).isEqualTo(2_000);
    assertThat(ImageSource.imagesPerPart(10_000_000, 1_000)).isEqualTo(5_000);
    assertThat(ImageSource.imagesPerPart(10_000_000_000L, 7)).isEqualTo(5_000_002);
  }

  @Test
  void refusesWhatIsNotThereOrHoldsNoImages() throws IOException {
    assertThatThrownBy(() -> at("none"))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--images file:%s/none: nothing is there. Name a prepared set, a folder of PNG or JPEG files, or a file."
                .formatted(folder));
    touch("in/notes.txt");
    assertThatThrownBy(() -> at("in").count(files, place))
        .isInstanceOf(CommandLineException.class)
        .hasMessageStartingWith("--images file:%s/in: holds no images: neither".formatted(folder));
    write("labels", ByteBuffer.allocate(9).putInt(0x801).putInt(1).array());
    assertThatThrownBy(() -> at("labels"))
        .isInstanceOf(CommandLineException.class)
        .hasMessageContaining("/labels: neither a PNG or JPEG file nor IDX images");
  }

  @Test
  void refusesImagesOfAnotherShape() throws IOException {
    write("digits", idx(3));
    at("digits").check(GREY);
    assertThatThrownBy(() -> at("digits").check(new ImageShape(3, 32, 32)))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--images file:%s/digits: images are 28x28x1, but the run was trained on 32x32x3. Name images of that shape."
                .formatted(folder));
    ToyImages.preparedDigits(folder, 10, 5);
    at("set").check(GREY);
    assertThatThrownBy(() -> at("set").check(new ImageShape(1, 28, 27)))
        .isInstanceOf(CommandLineException.class)
        .hasMessageContaining("/set: images are 28x28x1, but the run was trained on 28x27x1.");
    touch("in/a.png");
    at("in").check(new ImageShape(3, 5, 7));
    assertThatThrownBy(() -> at("in").check(new ImageShape(4, 5, 7)))
        .isInstanceOf(CommandLineException.class)
        .hasMessageContaining("give images of 1 or 3 channels, but the run was trained on 5x7x4.");
  }

  @Test
  void refusesIdxThatIsCutOffOrLongerThanItSays() throws IOException {
    byte[] idx = idx(3);
    for (int length : new int[] {idx.length - 1, idx.length + 1}) {
      byte[] wrong = Arrays.copyOf(idx, length);
      write("plain", wrong);
      write("packed", gzip(wrong));
      for (String name : List.of("plain", "packed")) {
        assertThatThrownBy(() -> at(name).count(files, place))
            .isInstanceOf(InvalidDataException.class)
            .hasMessageMatching(
                "file:.*/%s: expected 2368 bytes for 3 images of 28x28, found (at least )?%d\\. .*"
                    .formatted(name, length));
      }
    }
    write("packed", Arrays.copyOf(gzip(idx), gzip(idx).length - 5));
    assertThatThrownBy(() -> at("packed").count(files, place))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("/packed: the gzip data is damaged");
  }

  @Test
  void refusesToGoOnWithOtherImages() throws IOException {
    write("digits", idx(3));
    Inventory inventory = at("digits").count(files, place);
    write("digits", idx(4));
    assertThatThrownBy(() -> at("digits").parts(files, place, inventory, 3))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(
            "/digits: the images are not those that the job began with (2368 bytes of ");
  }

  private static List<String> paths(ImagePart part) throws IOException {
    List<String> paths = new java.util.ArrayList<>();
    part.read(
        GREY,
        new Configuration(),
        new ImagePart.Images() {
          @Override
          public void image(String path, byte[] pixels) {
            paths.add("decoded " + path);
          }

          @Override
          public void unreadable(String path, String error) {
            paths.add(path);
          }
        });
    return paths;
  }

  private ImageSource at(String name) throws IOException {
    return ImageSource.at(files, files.resolve(folder.resolve(name).toString()));
  }

  private void touch(String name) throws IOException {
    write(name, new byte[0]);
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    java.nio.file.Files.createDirectories(file.getParent());
    java.nio.file.Files.write(file, bytes);
  }

  private static byte[] idx(int count) {
    ByteBuffer idx = ByteBuffer.allocate(16 + count * 784);
    return idx.putInt(0x803).putInt(count).putInt(28).putInt(28).array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
