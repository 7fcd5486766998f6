package convoy.driver.store;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.train.EpochSums;
import convoy.driver.train.OuterState;
import convoy.driver.train.Position;
import convoy.model.engine.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointsTest {
  private final Files files = new Files(new Configuration());
  private final List<String> warnings = new ArrayList<>();
  @TempDir private Path folder;

  @Test
  void readsBackWhatItWrote() throws IOException {
    Position position = position(12);
    checkpoints().write(position);
    Position read = newest();
    assertThat(read).usingRecursiveComparison().isEqualTo(position);
    assertThat(warnings).isEmpty();
  }

  @Test
  void knowsNoneInAFolderThatIsNotThere() throws IOException {
    assertThat(checkpoints().newest(warnings::add)).isEmpty();
  }

  @Test
  void keepsTheNewestThreeAndNothingElse() throws IOException {
    for (int round : new int[] {1, 2, 9, 10, 100_000_000}) {
      checkpoints().write(position(round));
    }
    assertThat(names()).containsExactly("00000009", "00000010", "100000000");
    assertThat(newest().round()).isEqualTo(100_000_000);
  }

  @Test
  void sumsAreInTheFormThatSha256sumReads() throws Exception {
    checkpoints().write(position(5));
    Process check =
        new ProcessBuilder("sha256sum", "--check", "--strict", "SHA256SUMS")
            .directory(folder.resolve("00000005").toFile())
            .start();
    assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
        .containsExactly(
            "parameters.bin: OK",
            "updater.bin: OK",
            "velocity.bin: OK",
            "average.bin: OK",
            "position.json: OK");
    assertThat(check.waitFor()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parameters.bin",
        "updater.bin",
        "velocity.bin",
        "average.bin",
        "position.json",
        "SHA256SUMS"
      })
  void goesBackToTheOneBeforeADamagedOne(String name) throws IOException {
    checkpoints().write(position(1));
    checkpoints().write(position(2));
    Path file = folder.resolve("00000002").resolve(name);
    byte[] whole = java.nio.file.Files.readAllBytes(file);
    for (int damage = 0; damage < 3; damage++) {
      byte[] damaged =
          damage == 0 ? java.util.Arrays.copyOf(whole, whole.length - 1) : whole.clone();
      damaged[0] ^= (byte) damage;
      java.nio.file.Files.write(file, damaged);
      warnings.clear();
      assertThat(newest().round()).isEqualTo(1);
      assertThat(warnings)
          .singleElement()
          .asString()
          .startsWith("checkpoint 00000002 is damaged (")
          .endsWith(") and left out");
    }
    java.nio.file.Files.delete(file);
    assertThat(newest().round()).isEqualTo(1);

    checkpoints().write(position(2));
    assertThat(newest().round()).isEqualTo(2);
  }

  @Test
  void doesNotTakeAnUnfinishedOneForACheckpoint() throws IOException {
    checkpoints().write(position(1));
    Path unfinished = folder.resolve(".00000002.123e4567-e89b-42d3-a456-426614174000.tmp");
    java.nio.file.Files.createDirectory(unfinished);
    java.nio.file.Files.writeString(unfinished.resolve("parameters.bin"), "1234");
    assertThat(newest().round()).isEqualTo(1);
    files.deleteUnfinished(files.resolve(folder.toString()));
    assertThat(names()).containsExactly("00000001");
  }

  private Checkpoints checkpoints() throws IOException {
    return new Checkpoints(files, files.resolve(folder.toString()));
  }

  private Position newest() throws IOException {
    return checkpoints().newest(warnings::add).orElseThrow();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = java.nio.file.Files.list(folder)) {
      return entries.map(e -> e.getFileName().toString()).sorted().toList();
    }
  }

  private static Position position(int round) {
    float[] parameters = {round, -0f, Float.MIN_VALUE, 1f / 3};
    TrainingState state = new TrainingState(parameters, new float[] {2, 3}, 7, 1);
    OuterState outer = new OuterState(new float[] {4, -1}, new float[] {1f / 7});
    return new Position(state, outer, round, 4, new EpochSums(10, 1.0 / 3, 5, 0.1, 0.2, 0.7), 1);
  }
}
