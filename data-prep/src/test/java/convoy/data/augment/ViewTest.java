package convoy.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.data.ImageShape;
import org.junit.jupiter.api.Test;

class ViewTest {
  private static final ImageShape SHAPE = new ImageShape(2, 2, 3);
  private static final byte[] PIXELS = {99, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};

  @Test
  void showsTheImageAsItIs() {
    assertThat(seen(View.PLAIN)).containsExactly(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16);
  }

  @Test
  void movesTheContentAndRepeatsTheEdge() {
    assertThat(seen(new View(1, 0, false)))
        .containsExactly(1, 2, 3, 1, 2, 3, 11, 12, 13, 11, 12, 13);
    assertThat(seen(new View(-1, 0, false)))
        .containsExactly(4, 5, 6, 4, 5, 6, 14, 15, 16, 14, 15, 16);
    assertThat(seen(new View(0, 1, false)))
        .containsExactly(1, 1, 2, 4, 4, 5, 11, 11, 12, 14, 14, 15);
    assertThat(seen(new View(0, -1, false)))
        .containsExactly(2, 3, 3, 5, 6, 6, 12, 13, 13, 15, 16, 16);
  }

  @Test
  void mirrorsBeforeItMoves() {
    assertThat(seen(new View(0, 0, true)))
        .containsExactly(3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14);
    assertThat(seen(new View(0, 1, true)))
        .containsExactly(3, 3, 2, 6, 6, 5, 13, 13, 12, 16, 16, 15);
  }

  private static int[] seen(View view) {
    float[] batch = new float[1 + SHAPE.pixels()];
    view.write(SHAPE, PIXELS, 1, batch, 1);
    int[] seen = new int[SHAPE.pixels()];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = Math.round(255 * batch[1 + i]);
    }
    return seen;
  }
}
