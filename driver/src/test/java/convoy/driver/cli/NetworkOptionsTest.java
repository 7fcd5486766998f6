package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.CommandLineException;
import convoy.driver.ToyImages;
import convoy.driver.cli.Console.Setting;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.store.RunRecord;
import convoy.model.zoo.Variation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

final class NetworkOptionsTest {
  private static final List<String> ALL =
      List.of("--dropout=0", "--filters=12", "--dense-units=100", "--weight-decay=1e-4");

  @TempDir private static Path folder;
  private static PreparedDataset digits;

  @BeforeAll
  static void prepare() throws IOException {
    digits = ToyImages.preparedDigits(folder, 50, 10);
  }

  @Test
  void areKeptOnlyWhereTheyAreGiven() {
    assertThat(settings(List.of()).asMap("toy"))
        .containsKeys("model", "optimizer")
        .doesNotContainKeys("dropout", "filters", "dense-units", "weight-decay");
    assertThat(settings(ALL).asMap("toy"))
        .containsEntry("model", "lenet5")
        .containsEntry("dropout", 0.0)
        .containsEntry("filters", 12)
        .containsEntry("dense-units", 100)
        .containsEntry("weight-decay", 1e-4);
  }

  @Test
  void varyTheNetworkAndItsConfiguration() {
    TrainSettings settings = settings(ALL);

    assertThat(settings.network().variation()).isEqualTo(new Variation(0.0, 12, 100));
    assertThat(settings.configuration())
        .contains("WeightDecay")
        .isNotEqualTo(settings(List.of()).configuration());
  }

  @Test
  void ofARunThatGoesOnAreThoseItBeganWith() {
    RunRecord run = run(ALL);

    TrainSettings again = StoredOptions.of(run, given(ALL)).settings(digits, 2);

    assertThat(again.asMap("toy")).isEqualTo(settings(ALL).asMap("toy"));
    assertThat(again.configuration()).isEqualTo(settings(ALL).configuration());
  }

  @Test
  void ofARunThatGoesOnCannotChange() {
    RunRecord run = run(ALL);

    List<String> others =
        List.of("--dropout=0.5", "--filters=6", "--dense-units=84", "--weight-decay=0");
    assertThatThrownBy(() -> StoredOptions.of(run, given(others)))
        .isInstanceOf(CommandLineException.class)
        .hasMessageEndingWith(
            """
            :
              --dropout: the run has 0.0, the command line says 0.5
              --filters: the run has 12, the command line says 6
              --dense-units: the run has 100, the command line says 84
              --weight-decay: the run has 1.0E-4, the command line says 0""");
  }

  @Test
  void areShownBesideTheModelAndAsRegularisation() {
    assertThat(shown(List.of()))
        .contains(
            new Setting("variation", "none", "none"),
            new Setting("regularisation", "none", "none"));
    assertThat(shown(List.of("--filters=12")))
        .contains(Setting.of("variation", "filters 12", "none"));
    assertThat(shown(ALL))
        .contains(
            new Setting("variation", "dropout 0.0, filters 12, dense units 100", "none"),
            new Setting("regularisation", "weight decay 1.0E-4", "none"));
  }

  private static List<Setting> shown(List<String> options) {
    return TrainOptions.shown(settings(options), digits, 2);
  }

  private static TrainSettings settings(List<String> options) {
    return parsed(options).options().settings(digits, 2);
  }

  private static List<OptionSpec> given(List<String> options) {
    return parsed(options).given();
  }

  private static ParsedOptions parsed(List<String> options) {
    List<String> arguments = new ArrayList<>(List.of("--model=lenet5", "--epochs=2"));
    arguments.addAll(options);
    return ParsedOptions.of(arguments);
  }

  private static RunRecord run(List<String> options) {
    return new RunRecord(
        RunRecord.SCHEMA,
        "id",
        "2026-01-01T00:00:00Z",
        settings(options).asMap("toy"),
        new RunRecord.Dataset("toy", "toy", "00", 1, 28, 28, List.of("a")),
        Map.of(),
        Map.of(),
        null);
  }
}
