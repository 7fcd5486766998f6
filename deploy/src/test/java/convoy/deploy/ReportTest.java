package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.deploy.Programs.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Pdf;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.print.PrintOptions;

/** The pages of a run, of an evaluation with everything and of a comparison, in a real browser. */
final class ReportTest {
  private static final List<String> LOCAL =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");

  @TempDir private static Path folder;
  private static Browser browser;

  @BeforeAll
  static void trainAndOpenABrowser() throws IOException {
    Installed.require("/usr/bin/chromium");
    RealMnist.fetched();
    train("good", "0.001");
    train("bad", "0.0003");
    browser = Browser.started();
  }

  @AfterAll
  static void closeTheBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @Test
  void theReportOfARunSaysWhatItsJsonSays() throws IOException {
    run(0, "evaluate", "--run", "good", "--batch-size", "700", "--robustness");
    JsonNode json = json("good/evaluation.json");
    open("good/report.html");
    assertThat(browser.findElement(By.id("summary")).getText())
        .contains(percent(json.get("accuracy")))
        .contains(percent(json.at("/accuracyInterval/low")));
    List<String> tiles = browser.texts(".tile b");
    assertThat(tiles)
        .contains(percent(json.get("accuracy")), percent(json.at("/topK/1")))
        .contains(fixed(json.get("loss")), fixed(json.get("brier")))
        .contains(fixed(json.at("/macro/f1")))
        .contains(percent(json.at("/calibration/expectedError")));

    List<List<String>> expected = new ArrayList<>();
    for (JsonNode each : json.get("perClass")) {
      expected.add(
          List.of(
              each.get("name").asText(),
              fixed(each.get("precision")),
              fixed(each.get("recall")),
              fixed(each.get("f1")),
              fixed(each.get("averagePrecision")),
              count(each.get("support")),
              count(each.get("predicted"))));
    }
    assertThat(browser.rows("#per-class")).isEqualTo(expected);
    assertThat(json.get("robustness")).hasSize(35);
    assertThat(browser.texts("#robustness tbody td"))
        .contains(percent(json.at("/robustness/0/accuracy")))
        .contains("occlusion", "noise");
    assertThat(browser.texts("#mistakes figcaption"))
        .hasSize(25)
        .allMatch(title -> title.matches("R: \\d {2}P: \\d"));
    assertThat(browser.findElements(By.cssSelector("#augmentation figure"))).hasSize(12);
    // The image, six kernels, and the maps of 6, 16 and 120 channels, of which 64 are shown.
    assertThat(browser.findElements(By.cssSelector("#inside img"))).hasSize(1 + 6 + 6 + 16 + 64);
    assertThat(browser.texts("#provenance dd"))
        .contains(json("good/run.json").get("id").asText())
        .contains(json.at("/data/checksum").asText())
        .contains(json.at("/provenance/made").asText());
    assertEveryChartIsDrawn();
    browser.assertNothingIsWrong();
  }

  @Test
  void thePartsOfAReportCanBeOperatedByKeyboard() throws IOException {
    open("good/report.html");
    WebElement recall =
        browser.findElement(By.xpath("//table[@id='per-class']//button[text()='recall']"));
    recall.sendKeys(Keys.ENTER);
    List<Double> up =
        browser.rows("#per-class").stream().map(r -> Double.parseDouble(r.get(2))).toList();
    assertThat(up).isSorted();
    recall.sendKeys(Keys.SPACE);
    List<Double> down =
        browser.rows("#per-class").stream().map(r -> Double.parseDouble(r.get(2))).toList();
    assertThat(down).isSortedAccordingTo((a, b) -> Double.compare(b, a));

    assertThat(browser.texts(".confusion caption")).containsExactly("Images");
    browser.findElement(By.xpath("//button[text()='row percentages']")).sendKeys(Keys.ENTER);
    assertThat(browser.texts(".confusion caption"))
        .containsExactly("Shares of the images of each class");
    assertThat(browser.texts(".confusion td")).anyMatch(text -> text.endsWith(" %"));
    browser.assertNothingIsWrong();
  }

  @Test
  void aReportFitsATelephoneAndTheDark() throws IOException {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
    try {
      open("good/report.html");
      Number wide = (Number) browser.executeScript("return document.documentElement.scrollWidth");
      assertThat(wide.intValue()).isLessThanOrEqualTo(360);
      assertThat(browser.executeScript("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo("rgb(20, 23, 27)");
      assertEveryChartIsDrawn();
      browser.assertNothingIsWrong();
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
      browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  @Test
  void aComparisonTellsBetterFromWorseAndHoldsUpAPipeline() throws IOException {
    Outcome worse =
        run(
            3,
            "compare",
            "--baseline",
            "good",
            "--candidate",
            "bad",
            "--require",
            "accuracy_drop<=0.002");
    assertThat(worse.out()).contains("NOT MET: accuracy_drop is ");
    JsonNode json = json("bad/comparison.json");
    assertThat(json.get("mcnemar").asDouble()).isLessThan(0.01);
    assertThat(json.at("/baseline/accuracy"))
        .isEqualTo(json("good/evaluation.json").get("accuracy"));
    open("bad/comparison.html");
    assertThat(browser.findElement(By.id("summary")).getText())
        .startsWith("The candidate is worse by ");
    assertThat(browser.texts(".tile b")).contains(percent(json.at("/candidate/accuracy")));
    assertThat(browser.rows("#per-class")).hasSize(10);
    browser.assertNothingIsWrong();

    Outcome same =
        run(
            0,
            "compare",
            "--baseline",
            "good",
            "--candidate",
            "good",
            "--out",
            "same",
            "--require",
            "accuracy_drop<=0",
            "--require",
            "p_value>=1");
    assertThat(same.out()).contains("met: p_value is 1.0");
    Outcome unknown = run(2, "evaluate", "--run", "good", "--require", "acuracy>=0.9");
    assertThat(unknown.err()).contains("--require acuracy>=0.9: there is no figure acuracy");
    assertThat(run(3, "evaluate", "--run", "good", "--require", "accuracy>=1.1").out())
        .contains("NOT MET: accuracy is ");
  }

  @Test
  void aReportPrintsLightAndWithEverythingOpen() throws IOException {
    open("good/report.html");
    browser.executeScript(
        """
        addEventListener('beforeprint', () => {
          window.printed = {
            open: document.querySelectorAll('details:not([open])').length === 0,
            ground: getComputedStyle(document.body).backgroundColor,
          };
        });
        """);
    Pdf pdf = browser.print(new PrintOptions());
    assertThat(Base64.getDecoder().decode(pdf.getContent()))
        .startsWith("%PDF".getBytes(StandardCharsets.US_ASCII));
    assertThat(browser.executeScript("return window.printed"))
        .isEqualTo(Map.of("open", true, "ground", "rgb(255, 255, 255)"));
    assertThat(browser.findElements(By.cssSelector("details[open]"))).isEmpty();
    assertEveryChartIsDrawn();
    browser.assertNothingIsWrong();
  }

  private static void train(String run, String rate) {
    run(
        0,
        "train",
        "--data",
        "mnist",
        "--model",
        "lenet5",
        "--epochs",
        "1",
        "--learning-rate",
        rate,
        "--workers",
        "2",
        "--rotation",
        "10",
        "--out",
        run);
  }

  private static Outcome run(int status, String... arguments) {
    Outcome outcome = Programs.sparkSubmit(folder, LOCAL, arguments);
    assertThat(outcome.status()).as("%s%n%s", outcome.out(), outcome.err()).isEqualTo(status);
    return outcome;
  }

  private static void open(String page) {
    browser.open(folder.resolve(page));
  }

  private static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(folder.resolve(file)));
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share.asDouble());
  }

  private static String count(JsonNode value) {
    return String.format(Locale.ROOT, "%,d", value.asLong());
  }

  private static String fixed(JsonNode value) {
    return String.format(Locale.ROOT, "%.4f", value.asDouble());
  }

  /** Each has more than one colour. */
  private static void assertEveryChartIsDrawn() {
    Object blank =
        browser.executeScript(
            """
            return [...document.querySelectorAll('canvas')].filter(canvas => {
              const pixels = new Uint32Array(
                canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
              return new Set(pixels).size < 5;
            }).map(canvas => canvas.getAttribute('aria-label'));
            """);
    assertThat((List<?>) blank).isEmpty();
    assertThat(browser.findElements(By.tagName("canvas"))).hasSizeGreaterThanOrEqualTo(5);
  }
}
