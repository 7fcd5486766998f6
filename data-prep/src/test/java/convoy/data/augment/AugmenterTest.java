package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AugmenterTest {
  private static final ImageShape SHAPE = new ImageShape(3, 8, 10);
  private static final int SIZE = SHAPE.pixels();
  private static final int IMAGES = 200;
  private static final Augmentation EVERYTHING = new Augmentation(30, 0.2, 0.3, true, true);
  private static final byte[] PIXELS = new byte[IMAGES * SIZE];

  static {
    new Random(5).nextBytes(PIXELS);
  }

  private static float[] write(Augmentation augmentation, long seed, int image, int epoch) {
    float[] batch = new float[SIZE];
    new Augmenter(augmentation, SHAPE, seed).write(PIXELS, image * SIZE, image, epoch, batch, 0);
    return batch;
  }

  private static float[] unvaried(int image, boolean mirrored, boolean inverted) {
    float[] expected = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      int column = i % 10;
      int row = i / 10 % 8;
      int fromColumn = mirrored ? 9 - column : column;
      int fromRow = inverted ? 7 - row : row;
      expected[i] = (PIXELS[image * SIZE + i / 80 * 80 + fromRow * 10 + fromColumn] & 0xff) / 255f;
    }
    return expected;
  }

  @Test
  void scalesEachPixelByTheFloatDivisionThatDl4jUses() {
    for (int image = 0; image < IMAGES; image++) {
      assertThat(write(Augmentation.NONE, 1, image, 0))
          .containsExactly(unvaried(image, false, false));
    }
  }

  @Test
  void flipsHalfOfTheImagesExactly() {
    int mirrored = 0;
    for (int image = 0; image < IMAGES; image++) {
      float[] written = write(new Augmentation(0, 0, 0, true, false), 1, image, 0);
      boolean flipped = Arrays.equals(written, unvaried(image, true, false));
      assertThat(flipped || Arrays.equals(written, unvaried(image, false, false))).isTrue();
      mirrored += flipped ? 1 : 0;
    }
    assertThat(mirrored).isBetween(70, 130);
  }

  @Test
  void flipsEachWayIndependently() {
    int[] ways = new int[4];
    for (int image = 0; image < IMAGES; image++) {
      float[] written = write(new Augmentation(0, 0, 0, true, true), 1, image, 0);
      for (int way = 0; way < 4; way++) {
        if (Arrays.equals(written, unvaried(image, (way & 1) == 1, way >= 2))) {
          ways[way]++;
        }
      }
    }
    assertThat(Arrays.stream(ways).sum()).isEqualTo(IMAGES);
    for (int count : ways) {
      assertThat(count).isBetween(25, 75);
    }
  }

  @Test
  void writesTheSameForAnyOrderOfCalls() {
    float[] forward = new float[IMAGES * SIZE];
    float[] backward = new float[IMAGES * SIZE];
    Augmenter one = new Augmenter(EVERYTHING, SHAPE, 9);
    Augmenter other = new Augmenter(EVERYTHING, SHAPE, 9);
    for (int image = 0; image < IMAGES; image++) {
      one.write(PIXELS, image * SIZE, image, 4, forward, image * SIZE);
    }
    for (int image = IMAGES - 1; image >= 0; image--) {
      other.write(PIXELS, image * SIZE, image, 4, backward, image * SIZE);
    }
    assertThat(forward).containsExactly(backward);
  }

  @Test
  void variesAnImageAnewWithEpochSeedAndId() {
    float[] first = write(EVERYTHING, 9, 0, 0);
    assertThat(write(EVERYTHING, 9, 0, 1)).isNotEqualTo(first);
    assertThat(write(EVERYTHING, 10, 0, 0)).isNotEqualTo(first);
    float[] otherId = new float[SIZE];
    new Augmenter(EVERYTHING, SHAPE, 9).write(PIXELS, 0, 1, 0, otherId, 0);
    assertThat(otherId).isNotEqualTo(first);
  }

  @Test
  void staysWithinZeroAndOne() {
    for (int image = 0; image < IMAGES; image++) {
      for (float value : write(EVERYTHING, 9, image, 0)) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void writesItsImageAndNothingElse() {
    for (Augmentation augmentation : new Augmentation[] {Augmentation.NONE, EVERYTHING}) {
      float[] batch = new float[3 * SIZE];
      Arrays.fill(batch, -1);
      new Augmenter(augmentation, SHAPE, 9).write(PIXELS, 7 * SIZE, 7, 0, batch, SIZE);
      assertThat(Arrays.copyOfRange(batch, SIZE, 2 * SIZE))
          .containsExactly(write(augmentation, 9, 7, 0));
      batch = Arrays.copyOf(batch, batch.length);
      Arrays.fill(batch, SIZE, 2 * SIZE, -1);
      assertThat(batch).containsOnly(-1f);
    }
  }

  @Test
  void readsItsImageAndNothingElse() {
    byte[] alone = new byte[PIXELS.length];
    System.arraycopy(PIXELS, 7 * SIZE, alone, 7 * SIZE, SIZE);
    float[] batch = new float[SIZE];
    new Augmenter(EVERYTHING, SHAPE, 9).write(alone, 7 * SIZE, 7, 0, batch, 0);
    assertThat(batch).containsExactly(write(EVERYTHING, 9, 7, 0));
  }

  @Test
  void refusesAPlaceTheImageDoesNotFitIn() {
    Augmenter augmenter = new Augmenter(EVERYTHING, SHAPE, 9);
    assertThatThrownBy(() -> augmenter.write(PIXELS, 0, 0, 0, new float[SIZE], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> augmenter.write(PIXELS, -1, 0, 0, new float[SIZE], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** A shift of the width moves columns, one of the height rows: Keras exchanges the two. */
  @Test
  void namesTheAxesTheRightWayRound() {
    byte[] stripes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      stripes[i] = (byte) (i / 10 % 8 * 30);
    }
    float[] unmoved = new float[SIZE];
    new Augmenter(Augmentation.NONE, SHAPE, 9).write(stripes, 0, 0, 0, unmoved, 0);
    float[] sideways = new float[SIZE];
    new Augmenter(new Augmentation(0, 0.3, 0, false, false), SHAPE, 9)
        .write(stripes, 0, 0, 0, sideways, 0);
    float[] upright = new float[SIZE];
    new Augmenter(new Augmentation(0, 0, 0.3, false, false), SHAPE, 9)
        .write(stripes, 0, 0, 0, upright, 0);
    assertThat(sideways).as("rows of one shade, moved along").containsExactly(unmoved);
    assertThat(upright).as("rows of one shade, moved across").isNotEqualTo(unmoved);
  }
}
