package convoy.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.ImageShape;
import convoy.data.InvalidDataException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class IdxHeaderTest {
  @Test
  void saysHowManyImagesOfWhichSizeFollowAndHowLongThatIs() {
    IdxHeader header = IdxHeader.of("x", start(0x803, 10_000_000, 28, 32));
    assertThat(header).isEqualTo(new IdxHeader(10_000_000, new ImageShape(1, 28, 32)));
    assertThat(header.fileLength()).isEqualTo(16 + 10_000_000L * 28 * 32);
  }

  @Test
  void knowsOneByItsFirstBytes() {
    assertThat(IdxHeader.startsAsOne(start(0x803, 1, 1, 1))).isTrue();
    assertThat(IdxHeader.startsAsOne(start(0x801, 1, 1, 1))).isFalse();
    assertThat(IdxHeader.startsAsOne(new byte[] {0, 0, 8})).isFalse();
  }

  @Test
  void refusesLabels() {
    assertThatThrownBy(() -> IdxHeader.of("x", start(0x801, 1, 1, 1)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(
            "x: expected magic number 0x00000803 (IDX images), found 0x00000801.");
  }

  private static byte[] start(int... values) {
    ByteBuffer start = ByteBuffer.allocate(IdxHeader.LENGTH);
    start.asIntBuffer().put(values);
    return start.array();
  }
}
