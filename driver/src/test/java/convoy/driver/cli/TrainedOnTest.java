package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.CommandLineException;
import convoy.driver.ToyImages;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainedOnTest {
  private static final List<String> CLASSES = List.of("class-0", "class-1", "class-2", "class-3");

  @TempDir private Path folder;

  @Test
  void refusesASetThatARunsNetworkCannotBeJudgedBy() throws IOException {
    PreparedDataset set = ToyImages.preparedDigits(folder, 20, 10);
    assertThatCode(() -> TrainedOn.check(trainedOn(28, CLASSES), set)).doesNotThrowAnyException();
    assertThatThrownBy(() -> TrainedOn.check(trainedOn(32, CLASSES), set))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--data file:%s/set: images are 28x28x1, but the run was trained on 32x32x1. Name a set of that shape."
                .formatted(folder));
    assertThatThrownBy(() -> TrainedOn.check(trainedOn(28, List.of("cat", "dog")), set))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "--data file:%s/set: classes are %s, but the run was trained on [cat, dog]. Name a set with those classes."
                .formatted(folder, CLASSES));
  }

  private static RunRecord.Dataset trainedOn(int side, List<String> classes) {
    return new RunRecord.Dataset("toy", "file:/set", "00", 1, side, side, classes);
  }
}
