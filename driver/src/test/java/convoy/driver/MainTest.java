package convoy.driver;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.data.ImageShape;
import convoy.driver.dataset.DatasetWriter;
import convoy.driver.store.Files;
import convoy.driver.store.RunDirectory;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.Engine;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person's mistakes get; runs that go well are tested with the packaged jar. */
final class MainTest {
  @TempDir private static Path sets;
  private static String digits;
  private static String tiny;

  private final PrintStream screen = System.err;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    Files files = new Files(new Configuration());
    DatasetWriter writer = new DatasetWriter(LocalSpark.session(), files);
    digits = sets.resolve("digits").toString();
    tiny = sets.resolve("tiny").toString();
    writer.write(ToyImages.digits(50, 10), files.resolve(digits));
    writer.write(ToyImages.of(new ImageShape(3, 8, 8), 50, 10), files.resolve(tiny));
  }

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(screen);
  }

  @Test
  void reportsAllMistakesOfACommandLineTogether() {
    int status =
        Main.run(
            "train",
            "--data",
            digits,
            "--model",
            "lenet6",
            "--epochs",
            "0",
            "--seed",
            "one",
            "--rotation",
            "200",
            "--epoch",
            "3");
    assertThat(status).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("'--model'")
        .contains("'lenet6' is not a network; known are lenet5, mlp,")
        .contains("'--epochs': must be 1 to 2147483647, got 0")
        .contains("'--seed'")
        .contains("must be 0 to 180 degrees, got 200")
        .contains("Unknown option")
        .contains("'--epoch'")
        .doesNotContain("\tat ");
  }

  @Test
  void asksForWhatIsMissing() {
    assertThat(Main.run("train")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("--data").contains("--model");
  }

  @Test
  void describesANetworkAndTheMemoryToReserveForIt() {
    assertThat(described("--model", "lenet5", "--memory", "--tasks", "2"))
        .startsWith("lenet5 for images of 28x28x1 and 10 classes")
        .containsPattern("conv1 +convolution 5x5.* 156 +117,600\\n")
        .containsPattern("\\n +61,706 +416,520\\n")
        .containsPattern("spark.executor.memoryOverhead +\\d+m\\n");
  }

  /** {@code VariationTest} counts the parameters by hand. */
  @Test
  void describesAVariedNetwork() {
    assertThat(described("--model=lenet5", "--dropout=0.3", "--filters=12", "--dense-units=100"))
        .startsWith(
            "lenet5 with dropout 0.3, filters 12, dense units 100 for images of 28x28x1 and 10"
                + " classes")
        .containsPattern("conv1 +convolution 5x5, padded +28x28x12 ")
        .containsPattern("dropout1 +dropout +100 ")
        .containsPattern("\\n +227,294 ");
  }

  private static String described(String... options) {
    List<String> arguments = new ArrayList<>(List.of("describe"));
    arguments.addAll(List.of(options));
    PrintStream standard = System.out;
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.run(arguments.toArray(String[]::new))).isZero();
    } finally {
      System.setOut(standard);
    }
    return shown.toString(StandardCharsets.UTF_8);
  }

  @Test
  void refusesFiltersForANetworkWithoutConvolutions() {
    assertThat(Main.run("describe", "--model", "mlp", "--filters", "8")).isEqualTo(2);
    assertMessage("--filters: mlp has no convolutions; leave them out, or choose another network");
    errors.reset();
    String out = folder.resolve("run").toString();
    assertThat(
            Main.run("train", "--data", digits, "--model", "mlp", "--filters", "8", "--out", out))
        .isEqualTo(2);
    assertMessage("--filters: mlp has no convolutions");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesToDescribeImagesThatTheNetworkDoesNotFit() {
    assertThat(Main.run("describe", "--model", "lenet5", "--images", "8x8x1")).isEqualTo(2);
    assertMessage("--model lenet5 does not fit images of 8x8x1: ");
  }

  @Test
  void refusesImagesOfNoSize() {
    assertThat(Main.run("describe", "--model", "lenet5", "--images", "8x0x1")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("'--images'", "must be height, width and channels such as 32x32x3, got 8x0x1");
  }

  @Test
  void refusesAnUnknownCommand() {
    assertThat(Main.run("trian")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("trian").contains("train");
  }

  @Test
  void showsHelpEvenWhereOptionsAreMissing() {
    assertThat(Main.run("train", "--help")).isZero();
    assertThat(Main.run("--help")).isZero();
    assertThat(Main.run("--version")).isZero();
  }

  @Test
  void refusesDataThatIsNotThere() {
    assertThat(Main.run("train", "--data", folder + "/none", "--model", "lenet5")).isEqualTo(2);
    assertMessage("--data file:%s/none: holds no prepared image set".formatted(folder));
  }

  @Test
  void refusesANetworkThatDoesNotFitTheImages() {
    String out = folder.resolve("run").toString();
    assertThat(Main.run("train", "--data", tiny, "--model", "lenet5", "--out", out)).isEqualTo(2);
    assertMessage("--model lenet5");
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("8x8");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesAnOutputThatHoldsAFinishedRun() throws IOException {
    java.nio.file.Files.createFile(folder.resolve("_SUCCESS"));
    int status =
        Main.run("train", "--data", digits, "--model", "lenet5", "--out", folder.toString());
    assertThat(status).isEqualTo(2);
    assertMessage("--out file:%s: holds a finished run.".formatted(folder));
  }

  @Test
  void refusesAnOutputThatCannotBeWritten() throws IOException {
    java.nio.file.Files.createFile(folder.resolve("file"));
    int status =
        Main.run("train", "--data", digits, "--model", "lenet5", "--out", folder + "/file/run");
    assertThat(status).isEqualTo(2);
    assertMessage("--out file:%s/file/run: cannot be written to".formatted(folder));
  }

  @Test
  void namesWhatResumeNeeds() {
    assertThat(Main.run("train", "--resume")).isEqualTo(2);
    assertMessage("--resume: name the run to go on with by --out.");
    errors.reset();
    assertThat(Main.run("train", "--resume", "--out", folder.resolve("none").toString()))
        .isEqualTo(2);
    assertMessage("Missing: '--data=URI', '--model=NAME'");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void refusesToGoOnWithOtherSettingsAndListsThem() throws IOException {
    String run = unfinishedRun();
    int status =
        Main.run(
            "train",
            "--resume",
            "--out",
            run,
            "--workers=2",
            "--epochs=4",
            "--learning-rate=1e-3",
            "--optimizer=sgd",
            "--horizontal-flip",
            "--filters=12",
            "--weight-decay=0",
            "--steps=7");
    assertThat(status).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder(
            "--resume goes on with the run's own settings; leave these options out, or begin"
                + " another run:",
            "  --epochs: the run has 3, the command line says 4",
            "  --optimizer: the run has adam, the command line says sgd",
            "  --horizontal-flip: the run has false, the command line says true",
            "  --filters: the run has none, the command line says 12",
            "  --weight-decay: the run has none, the command line says 0",
            "  --steps: the run has none, the command line says 7");
  }

  @Test
  void refusesToGoOnWithOtherImages() throws IOException {
    String run = unfinishedRun();
    assertThat(Main.run("train", "--resume", "--out", run, "--data", tiny)).isNotZero();
    assertThat(folder.resolve("run/run.json")).exists();
  }

  @Test
  void refusesToResumeWhatIsNoRun() throws IOException {
    java.nio.file.Files.writeString(folder.resolve("thesis.tex"), "precious");
    assertThat(Main.run("train", "--resume", "--out", folder.toString())).isEqualTo(2);
    assertMessage("--out file:%s: holds no run to resume".formatted(folder));
    assertThat(folder.resolve("thesis.tex")).hasContent("precious");
  }

  @Test
  void leavesAFinishedRunAsItIs() throws IOException {
    String run = unfinishedRun();
    java.nio.file.Files.createFile(folder.resolve("run/_SUCCESS"));
    assertThat(Main.run("train", "--resume", "--out", run)).isZero();
  }

  @Test
  void refusesAModelThatIsNotTheRunsOwn() throws IOException {
    String run = unfinishedRun();
    save(run, new InputShape(1, 8, 8));
    assertThat(Main.run("evaluate", "--run", run)).isEqualTo(1);
    assertMessage(
        "--run file:%s: the network in its model.zip takes images of 8x8x1, but the run was trained on 28x28x1."
            .formatted(run));
    errors.reset();
    save(run, new InputShape(1, 28, 28));
    assertThat(Main.run("compare", "--baseline", run, "--candidate", run)).isEqualTo(1);
    assertMessage(
        "--baseline file:%s: the classes in its model.zip are [a, b], but the run was trained on [a]."
            .formatted(run));
  }

  private static void save(String run, InputShape input) throws IOException {
    Files files = new Files(new Configuration());
    String configuration = Zoo.named("mlp", input, 2).configuration(Optimizer.ADAM, 1e-3, 1);
    ModelArchive model =
        new ModelArchive(
            configuration, Engine.dl4j(configuration).initialState(), List.of("a", "b"));
    java.nio.file.Files.deleteIfExists(java.nio.file.Path.of(run, "model.zip"));
    RunDirectory.resume(files, files.resolve(run)).save(model);
  }

  @Test
  void refusesRobustnessOverSeveralViews() {
    assertThat(
            Main.run(
                "evaluate", "--run", "x", "--robustness", "--test-time-augmentation", "mirror"))
        .isEqualTo(2);
    assertMessage("--robustness: looks at each changed image once.");
  }

  private String unfinishedRun() throws IOException {
    Map<String, Object> settings =
        Map.of(
            "data",
            digits,
            "model",
            "lenet5",
            "epochs",
            3,
            "workers",
            2,
            "optimizer",
            "adam",
            "learning-rate",
            0.001,
            "horizontal-flip",
            false);
    RunRecord record =
        new RunRecord(
            RunRecord.SCHEMA,
            "id",
            "2026-01-01T00:00:00Z",
            settings,
            new RunRecord.Dataset("toy", digits, "00", 1, 28, 28, List.of("a")),
            Map.of(),
            Map.of(),
            null);
    Files files = new Files(new Configuration());
    String place = folder.resolve("run").toString();
    try (RunDirectory run = RunDirectory.create(files, files.resolve(place))) {
      run.describe(record);
    }
    return place;
  }

  @Test
  void refusesToPrepareFromAFolderThatIsNotThere() {
    int status =
        Main.run(
            "prepare", "--dataset", "idx", "--from", folder + "/none", "--out", folder + "/set");
    assertThat(status).isEqualTo(2);
    assertMessage(folder + "/none");
    assertThat(folder.resolve("set")).doesNotExist();
  }

  @Test
  void refusesToPrepareOverSomethingElse() throws IOException {
    java.nio.file.Files.createFile(folder.resolve("something"));
    int status = Main.run("prepare", "--dataset", "mnist", "--out", folder.toString());
    assertThat(status).isEqualTo(2);
    assertMessage("--out file:%s: already holds something.".formatted(folder));
  }

  @Test
  void refusesToPrepareToAPlaceThatCannotBeWrittenTo() throws IOException {
    java.nio.file.Files.createFile(folder.resolve("file"));
    int status = Main.run("prepare", "--dataset", "mnist", "--out", folder + "/file/set");
    assertThat(status).isEqualTo(2);
    assertMessage("--out file:%s/file/set: cannot be written to".formatted(folder));
  }

  @Test
  void refusesAnAddressWithAPasswordAndDoesNotRepeatIt() {
    assertThat(Main.run("train", "--data", "ftp://me:s3cret@my_host/set", "--model", "lenet5"))
        .isEqualTo(2);
    assertMessage("ftp://me:...@: an address with a password is not taken");
    assertThat(errors.toString(StandardCharsets.UTF_8)).doesNotContain("s3cret");
  }

  @Test
  void refusesPathsOfNoFileSystem() {
    assertThat(Main.run("train", "--data", "", "--model", "lenet5")).isEqualTo(2);
    assertMessage("'' is not a path that can be used here");
    assertThat(Main.run("train", "--data", "hdsf:/x", "--model", "lenet5")).isEqualTo(2);
    assertMessage("'hdsf:/x' is not a path that can be used here: No FileSystem for scheme");
  }

  @Test
  void refusesEpochsBesideSteps() {
    int status =
        Main.run("train", "--data", digits, "--model", "lenet5", "--epochs", "1", "--steps", "2");
    assertThat(status).isEqualTo(2);
    assertMessage("--epochs and --steps: give one of them, got 1 and 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--schedule=constant --decay=0.5|--decay: the constant schedule has none",
        "--schedule=constant --averaging-schedule=growing|--schedule constant never lowers it",
        "--optimizer=adam --updater-state=reset|--updater-state reset: the first steps of each",
        "--early-stopping=loss --validation=0|--early-stopping: needs held-out images",
        "--patience=3|--patience: is for --early-stopping, which is not given",
        "--label-smoothing=1|must be a fraction from 0 to below 1, got 1",
        "--outer-momentum=1|must be a fraction from 0 to below 1, got 1",
        "--outer-learning-rate=0|must be above 0, got 0",
        "--clip-gradients=-1|must be above 0, got -1",
        "--weight-decay=1|must be a fraction from 0 to below 1, got 1",
        "--dropout=1|must be a fraction from 0 to below 1, got 1",
        "--filters=0|must be 1 to 2147483647, got 0",
        "--dense-units=many|must be a whole number, got 'many'",
        "--warmup=-1|must be 0 to 2147483647, got -1",
        "--averaging-schedule=often|must be one of constant, post-local, growing, got 'often'",
        "--updater-state=kept|must be one of averaged, reset, got 'kept'",
        "--early-stopping=never|must be one of loss, accuracy, got 'never'",
        "--recipe=mnist-100|'mnist-100' is not a recipe; known is mnist-99.6",
      })
  void refusesSettingsThatDoNotGoTogether(String options, String message) {
    String out = folder.resolve("run").toString();
    List<String> arguments =
        new ArrayList<>(List.of("train", "--data", digits, "--model", "lenet5", "--out", out));
    arguments.addAll(List.of(options.split(" ", -1)));
    assertThat(Main.run(arguments.toArray(String[]::new))).isEqualTo(2);
    assertMessage(message);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesToEvaluateWhatIsNoRun() {
    assertThat(Main.run("evaluate", "--run", folder.toString())).isEqualTo(2);
    assertMessage("--run file:%s: holds no run".formatted(folder));
  }

  @Test
  void asksAPredictionForRunImagesAndPlace() {
    assertThat(Main.run("predict", "--batch-size", "0")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("--run=RUN", "--images=PATH", "--out=URI")
        .contains("'--batch-size': must be 1 to 2147483647, got 0");
  }

  @Test
  void refusesToPredictByWhatIsNoRun() {
    int status =
        Main.run(
            "predict", "--run", folder.toString(), "--images", digits, "--out", folder + "/out");
    assertThat(status).isEqualTo(2);
    assertMessage("--run file:%s: holds no run".formatted(folder));
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void saysWhichFileOfARunIsDamaged() throws IOException {
    java.nio.file.Files.writeString(folder.resolve("run.json"), "{]");
    java.nio.file.Files.writeString(folder.resolve("model.zip"), "");
    assertThat(Main.run("evaluate", "--run", folder.toString())).isEqualTo(1);
    assertMessage("file:%s/run.json: not the JSON it should be".formatted(folder));
  }

  private void assertMessage(String message) {
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains(message).doesNotContain("\tat ");
  }
}
