package convoy.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
  @Test
  void keepsEveryGreyValueOfAPng() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      image.getRaster().setSample(i % 16, i / 16, 0, i);
    }
    byte[] png = written("png", image);
    int[] values = new int[256];
    Arrays.setAll(values, i -> i);
    assertThat(decoded(png, 1, 16, 16)).isEqualTo(values);
    assertThat(Arrays.copyOfRange(decoded(png, 3, 16, 16), 512, 768)).isEqualTo(values);
  }

  @Test
  void laysColoursOutChannelAfterChannel() throws IOException {
    byte[] png = written("png", rgb(2, 2, 0x0a141e, 0x0b151f, 0x0c1620, 0x0d1721));
    assertThat(decoded(png, 3, 2, 2))
        .containsExactly(10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33);
  }

  @Test
  void takesLumaOfColoursForOneChannel() throws IOException {
    byte[] png = written("png", rgb(1, 5, 0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0x4d4d4d));
    assertThat(decoded(png, 1, 1, 5)).containsExactly(76, 150, 29, 255, 77);
  }

  @Test
  void decodesJpegOfGreyAndOfColours() throws IOException {
    BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 64; i++) {
      grey.getRaster().setSample(i % 8, i / 8, 0, 180);
    }
    for (int value : decoded(written("jpeg", grey), 1, 8, 8)) {
      assertThat(value).isCloseTo(180, within(2));
    }
    int[] colours = new int[64];
    Arrays.fill(colours, 0xc86432);
    int[] values = decoded(written("jpeg", rgb(8, 8, colours)), 3, 8, 8);
    assertThat(values[0]).isCloseTo(200, within(3));
    assertThat(values[64]).isCloseTo(100, within(3));
    assertThat(values[128]).isCloseTo(50, within(3));
  }

  @Test
  void putsWhiteBehindWhatIsTransparent() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0xff_640000);
    image.setRGB(1, 0, 0x33_640000);
    image.setRGB(2, 0, 0x00_640000);
    // 100 at a fifth, and 255 at four fifths.
    assertThat(decoded(written("png", image), 3, 1, 3))
        .containsExactly(100, 224, 255, 0, 204, 255, 0, 204, 255);
  }

  @Test
  void looksColoursUpInAPalette() throws IOException {
    byte[] red = {0, 10, 40, 70};
    byte[] green = {0, 20, 50, 80};
    byte[] blue = {0, 30, 60, 90};
    byte[] alpha = {(byte) 255, (byte) 255, (byte) 255, 0};
    IndexColorModel palette = new IndexColorModel(2, 4, red, green, blue, alpha);
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {2, 1, 3});
    assertThat(decoded(written("png", image), 3, 1, 3))
        .containsExactly(40, 10, 255, 50, 20, 255, 60, 30, 255);
  }

  @Test
  void readsBlackAndWhiteOfOneBit() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {1, 0, 1});
    assertThat(decoded(written("png", image), 1, 1, 3)).containsExactly(255, 0, 255);
  }

  @Test
  void roundsSamplesOf16Bits() throws IOException {
    BufferedImage grey = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setPixels(0, 0, 4, 1, new int[] {0, 0x1234, 0xfe00, 0xffff});
    // Divided by 257.
    assertThat(decoded(written("png", grey), 1, 1, 4)).containsExactly(0, 18, 253, 255);

    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 1, 1, 3, null);
    raster.setPixel(0, 0, new int[] {257 * 10, 257 * 20, 257 * 30});
    BufferedImage colours =
        new BufferedImage(
            ImageTypeSpecifier.createInterleaved(
                    ColorSpace.getInstance(ColorSpace.CS_sRGB),
                    new int[] {0, 1, 2},
                    DataBuffer.TYPE_USHORT,
                    false,
                    false)
                .getColorModel(),
            raster,
            false,
            null);
    assertThat(decoded(written("png", colours), 3, 1, 1)).containsExactly(10, 20, 30);
  }

  @Test
  void shrinksByTheMeanOfTheAreaThatAPixelCovers() throws IOException {
    byte[] quarters = written("png", grey(4, 4, 1, 3, 9, 9, 5, 7, 9, 9, 0, 0, 8, 8, 0, 0, 8, 10));
    assertThat(decoded(quarters, 1, 2, 2)).containsExactly(4, 9, 0, 9);
    // A pixel of the result covers one and a half of the source: (60 + 0.5 * 120) / 1.5, and so on.
    byte[] thirds = written("png", grey(1, 3, 60, 120, 240));
    assertThat(decoded(thirds, 1, 1, 2)).containsExactly(80, 200);
  }

  @Test
  void growsByLinearInterpolationBetweenCentres() throws IOException {
    byte[] png = written("png", grey(1, 2, 0, 100));
    assertThat(decoded(png, 1, 1, 4)).containsExactly(0, 25, 75, 100);
    assertThat(decoded(png, 1, 2, 2)).containsExactly(0, 100, 0, 100);
    // One side shrinks while the other grows.
    byte[] tall = written("png", grey(4, 1, 0, 20, 100, 120));
    assertThat(decoded(tall, 1, 2, 3)).containsExactly(10, 10, 10, 110, 110, 110);
  }

  @Test
  void keepsTheMeanOfAnImageWhateverItShrinksTo() throws IOException {
    Random random = new Random(3);
    int[] values = random.ints(97 * 61, 0, 256).toArray();
    byte[] png = written("png", grey(97, 61, values));
    double mean = Arrays.stream(values).average().orElseThrow();
    for (int side : new int[] {1, 7, 28, 60}) {
      int[] small = decoded(png, 1, side, side);
      assertThat(Arrays.stream(small).average().orElseThrow()).isCloseTo(mean, within(0.5));
    }
  }

  @Test
  void writesWhereItIsToldAndNowhereElse() throws IOException {
    byte[] pixels = new byte[4];
    Arrays.fill(pixels, (byte) 1);
    ImageFile.decode("a.png", written("png", grey(1, 2, 7, 8)), new ImageShape(1, 1, 2), pixels, 1);
    assertThat(pixels).containsExactly(1, 7, 8, 1);
  }

  @Test
  void leavesTextsAndProfilesAsideButNotTheirDamage() throws IOException {
    byte[] png = written("png", grey(1, 2, 7, 8));
    byte[] noted = withChunk(png, "zTXt", "no zlib stream".getBytes(StandardCharsets.US_ASCII), 0);
    assertThat(decoded(noted, 1, 1, 2)).containsExactly(7, 8);
    assertThatThrownBy(() -> decoded(withChunk(png, "tEXt", new byte[] {65}, 1), 1, 1, 2))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("a.file: the PNG file is damaged: the chunk at byte 33");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg"})
  void refusesAFileThatIsCutOff(String format) throws IOException {
    byte[] file = written(format, noise(64, 64));
    for (int length : new int[] {file.length - 1, file.length - 5, file.length / 2, 30, 12}) {
      if (format.equals("jpeg") && length == file.length - 1) {
        continue; // The end of the last marker alone: every pixel is there.
      }
      assertThatThrownBy(() -> decoded(Arrays.copyOf(file, length), 3, 64, 64))
          .as("%d of %d bytes", length, file.length)
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith("a.file: the " + (format.equals("png") ? "PNG" : "JPEG"));
    }
  }

  @Test
  void noticesAnyByteOfAPngThatChanged() throws IOException {
    byte[] file = written("png", noise(8, 8));
    for (int at = 0; at < file.length; at++) {
      byte[] damaged = file.clone();
      damaged[at] ^= 4;
      assertThatThrownBy(() -> decoded(damaged, 3, 8, 8))
          .as("byte %d", at)
          .isInstanceOf(InvalidDataException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg"})
  void refusesByItsHeaderAPictureTooLargeForMemory(String format) throws IOException {
    byte[] bomb = written(format, grey(1, 1, 0));
    ByteBuffer header = ByteBuffer.wrap(bomb);
    if (format.equals("png")) {
      header.putInt(16, 60_000).putInt(20, 60_000);
      header.putInt(29, checksum(Arrays.copyOfRange(bomb, 12, 29)));
    } else {
      int frame = 0;
      while (header.getShort(frame) != (short) 0xffc0) {
        frame++;
      }
      header.putShort(frame + 5, (short) 60_000).putShort(frame + 7, (short) 60_000);
    }
    assertThatThrownBy(() -> decoded(bomb, 1, 28, 28))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "a.file: 60000x60000 are more than the 67108864 pixels that an image may have. Make it smaller.");
  }

  @Test
  void refusesTheColoursOfPrint() throws IOException {
    WritableRaster cmyk = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(cmyk, null, null), null);
    }
    byte[] plain = bytes.toByteArray();
    byte[] adobe = {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 2
    };
    ByteBuffer marked = ByteBuffer.allocate(plain.length + adobe.length);
    marked.put(plain, 0, 2).put(adobe).put(plain, 2, plain.length - 2);
    for (byte[] file : List.of(plain, marked.array())) {
      assertThatThrownBy(() -> decoded(file, 3, 8, 8))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(
              "a.file: the JPEG file is damaged, or of a kind that cannot be read (4 components, as CMYK has). Save it again as grey or RGB, or leave it out.");
    }
  }

  @Test
  void refusesWhatIsNoPicture() {
    assertThatThrownBy(() -> decoded("GIF89a".getBytes(StandardCharsets.US_ASCII), 1, 1, 1))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("a.file: neither a PNG nor a JPEG file: it starts with 0x47494638.");
    assertThatThrownBy(() -> decoded(new byte[0], 1, 1, 1))
        .hasMessageContaining("it starts with nothing, being empty");
  }

  @Test
  void refusesChannelsThatPicturesDoNotHave() {
    assertThat(ImageFile.canHave(4)).isFalse();
    assertThatThrownBy(() -> decoded(written("png", grey(1, 1, 0)), 4, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("PNG and JPEG files give images of 1 or 3 channels, got 1x1x4");
  }

  private static int[] decoded(byte[] file, int channels, int height, int width) {
    ImageShape shape = new ImageShape(channels, height, width);
    byte[] pixels = new byte[shape.pixels()];
    ImageFile.decode("a.file", file, shape, pixels, 0);
    int[] values = new int[pixels.length];
    Arrays.setAll(values, i -> pixels[i] & 0xff);
    return values;
  }

  private static BufferedImage rgb(int height, int width, int... values) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, values, 0, width);
    return image;
  }

  private static BufferedImage grey(int height, int width, int... values) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, width, height, values);
    return image;
  }

  private static BufferedImage noise(int height, int width) {
    return rgb(height, width, new Random(1).ints((long) height * width, 0, 1 << 24).toArray());
  }

  private static byte[] written(String format, BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  /** Puts a chunk behind the header, its checksum off by {@code error}. */
  private static byte[] withChunk(byte[] png, String type, byte[] data, int error)
      throws IOException {
    byte[] content = new byte[4 + data.length];
    System.arraycopy(type.getBytes(StandardCharsets.US_ASCII), 0, content, 0, 4);
    System.arraycopy(data, 0, content, 4, data.length);
    ByteBuffer chunk = ByteBuffer.allocate(8 + content.length);
    chunk.putInt(data.length).put(content).putInt(checksum(content) + error);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(png, 0, 33);
    file.writeBytes(chunk.array());
    file.write(png, 33, png.length - 33);
    return file.toByteArray();
  }

  private static int checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
