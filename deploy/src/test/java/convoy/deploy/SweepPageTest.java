package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.driver.report.SweepPage;
import convoy.driver.sweep.Objective;
import convoy.driver.sweep.SweepResult;
import convoy.driver.sweep.SweepResult.TrialResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.print.PrintOptions;

/** The page of a sweep in a real browser. */
final class SweepPageTest {
  private static final SweepResult SWEEP = MadeUpSweep.of(12);

  /** Columns of the leaderboard. */
  private static final int TRIAL = 0;

  private static final int STATE = 1;
  private static final int ACCURACY = 2;
  private static final int MOMENTUM = 12;

  @TempDir private static Path folder;
  private static Browser browser;

  @BeforeAll
  static void openABrowser() {
    browser = Browser.started();
  }

  @AfterAll
  static void closeTheBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @Test
  void saysWhatTheResultSays() throws IOException {
    open(SWEEP);
    TrialResult best = best(SWEEP);
    assertThat(browser.findElement(By.id("summary")).getText())
        .startsWith("Trial %d is the best of 12".formatted(best.number()))
        .contains(percent(best.accuracy()));
    assertThat(browser.texts(".tile b")).contains(percent(best.accuracy()), "98.12 %", "p = 0.012");
    assertThat(browser.texts("#figures p")).contains(SWEEP.verdict().words());
    assertThat(browser.texts("#figures .bad"))
        .allMatch(text -> text.endsWith("low end of 0 to 0.6"));

    List<List<String>> rows = browser.rows("#trials");
    assertThat(rows).hasSize(12);
    assertThat(rows.get(0).get(TRIAL)).isEqualTo(best.number() + "best");
    assertThat(rows.get(1).get(TRIAL)).isEqualTo(SWEEP.finalists().get(1).number() + "runner-up");
    for (List<String> row : rows) {
      TrialResult trial = trial(Integer.parseInt(row.get(TRIAL).replaceAll("\\D", "")));
      assertThat(row.get(STATE)).isEqualTo(trial.state());
      assertThat(row.get(ACCURACY))
          .isEqualTo(trial.accuracy() == null ? "–" : percent(trial.accuracy()));
      assertThat(row.get(3))
          .isEqualTo(trial.loss() == null ? "–" : String.format(Locale.ROOT, "%.4f", trial.loss()));
      assertThat(row.get(4)).isEqualTo(String.valueOf(trial.epochs().size()));
      assertThat(row.get(5)).isEqualTo(String.format(Locale.ROOT, "%.1f", trial.slotSeconds()));
      assertThat(row.get(6))
          .isEqualTo(
              trial.parameters() == 0
                  ? "–"
                  : String.format(Locale.ROOT, "%,d", trial.parameters()));
      assertThat(row.get(10)).isEqualTo(trial.point().get("batch-per-worker").toString());
      assertThat(row.get(11)).isEqualTo(trial.point().get("updater"));
      assertThat(row.get(MOMENTUM).equals("–")).isEqualTo(trial.point().get("momentum") == null);
      assertThat(row.get(13)).isEqualTo(trial.directory());
    }
    assertThat(rows.get(11).get(STATE)).isEqualTo("failed");
    assertThat(browser.texts("#command pre")).containsExactly(SWEEP.command());
    assertThat(browser.texts("#importance th"))
        .isEqualTo(SWEEP.importance().stream().map(SweepResult.Importance::name).toList());
    browser.assertNothingIsWrong();
  }

  @Test
  void showsALossAsItIsAndAnAccuracyLessItsCostAsAScore() throws IOException {
    SweepResult byLoss = MadeUpSweep.of(12, new Objective(Objective.Measure.LOSS, 0));
    open(byLoss);
    assertThat(browser.texts("#figures .tile").get(0))
        .startsWith("best loss" + String.format(Locale.ROOT, "%.4f", best(byLoss).loss()));
    assertThat(browser.texts("#slices text, #parallel text, #contour p, #finalists td"))
        .noneMatch(text -> text.matches("[-−]\\d.*"));
    browser.assertNothingIsWrong();

    SweepResult byCost = MadeUpSweep.of(12, new Objective(Objective.Measure.ACCURACY, 0.01));
    open(byCost);
    assertThat(browser.texts("#figures .tile").get(0))
        .startsWith("best score" + String.format(Locale.ROOT, "%.4f", best(byCost).score()));
    assertThat(browser.texts("#trials th")).contains("score", "accuracy", "loss");
    browser.assertNothingIsWrong();
  }

  @Test
  void drawsEveryTrial() throws IOException {
    open(SWEEP);
    assertThat(browser.findElements(By.cssSelector("#parallel path.seen"))).hasSize(11);
    assertThat(browser.findElements(By.cssSelector("#slices svg"))).hasSize(5);
    assertThat(browser.findElements(By.cssSelector("#slices .dot, #slices .other")))
        .hasSizeGreaterThan(11);
    assertThat(browser.findElements(By.cssSelector("#contour circle, #contour .star")))
        .isNotEmpty();
    assertThat(browser.findElements(By.tagName("canvas"))).hasSize(2);
    assertNoDrawingHasAWrongNumber();
    browser.assertNothingIsWrong();
  }

  @Test
  void canBeOperatedByKeyboard() throws IOException {
    open(SWEEP);
    WebElement accuracy =
        browser.findElement(By.xpath("//table[@id='trials']//button[text()='accuracy']"));
    accuracy.sendKeys(Keys.ENTER);
    assertThat(accuracies()).hasSize(11).isSorted();
    assertThat(browser.rows("#trials").get(11).get(STATE)).isEqualTo("failed");
    accuracy.sendKeys(Keys.SPACE);
    assertThat(accuracies()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(browser.rows("#trials").get(11).get(STATE)).isEqualTo("failed");

    WebElement first = browser.findElement(By.cssSelector("#parallel .trial[tabindex='0']"));
    first.sendKeys(Keys.ARROW_DOWN);
    String second = browser.switchTo().activeElement().getDomAttribute("aria-label");
    assertThat(second).startsWith("trial " + SWEEP.finalists().get(1).number() + ": ");
    assertThat(browser.texts("#parallel p[aria-live]")).containsExactly(second);
    assertThat(browser.findElements(By.cssSelector("#parallel .trial.on"))).hasSize(1);

    browser
        .findElement(By.xpath("//section[@id='parallel']//button[text()='the better half']"))
        .sendKeys(Keys.ENTER);
    assertThat(browser.findElements(By.cssSelector("#parallel path.seen"))).hasSize(6);
    browser.findElement(By.xpath("//button[text()='loss'][@aria-pressed]")).sendKeys(Keys.ENTER);
    browser.findElement(By.xpath("//button[text()='copy']")).sendKeys(Keys.ENTER);
    assertThat(browser.executeScript("return getSelection().toString()"))
        .isEqualTo(SWEEP.command());
    browser.assertNothingIsWrong();
  }

  @Test
  void fitsATelephoneAndTheDark() throws IOException {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
    try {
      open(SWEEP);
      assertThat((Number) browser.executeScript("return document.documentElement.scrollWidth"))
          .isEqualTo(360L);
      assertThat(browser.executeScript("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo("rgb(20, 23, 27)");
      browser.assertNothingIsWrong();
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
      browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  @Test
  void printsWithEverythingOpen() throws IOException {
    open(SWEEP);
    assertThat(browser.print(new PrintOptions()).getContent()).isNotEmpty();
    assertThat(browser.findElements(By.cssSelector("details[open]"))).isEmpty();
    browser.assertNothingIsWrong();
  }

  @Test
  void saysSoWhereThereIsNothingToDraw() throws IOException {
    for (SweepResult empty : List.of(MadeUpSweep.of(0), MadeUpSweep.failed(3))) {
      open(empty);
      assertThat(browser.findElement(By.id("summary")).getText()).contains("none finished");
      assertThat(browser.texts("section p"))
          .contains(
              "No trial finished, so there is none to repeat.",
              "No trial has finished an epoch.",
              "No trial has a score.",
              "Importance takes at least 8 trials with a score; there are 0.",
              "A contour takes at least 8 trials with a score; there are 0.",
              "No trial finished, so there is no best so far.");
      assertThat(browser.findElements(By.cssSelector("canvas, svg"))).isEmpty();
      assertThat(browser.rows("#trials")).hasSize(empty.trials().size());
      browser.assertNothingIsWrong();
    }
    open(MadeUpSweep.of(1));
    assertThat(browser.findElement(By.id("summary")).getText()).startsWith("Trial 1 is the best");
    assertThat(browser.findElements(By.cssSelector("#parallel path.seen"))).hasSize(1);
    assertThat(browser.texts("#importance p")).allMatch(text -> text.endsWith("there is 1."));
    assertNoDrawingHasAWrongNumber();
    browser.assertNothingIsWrong();
  }

  private static void open(SweepResult result) throws IOException {
    Path page = folder.resolve("sweep.html");
    Files.writeString(page, SweepPage.of(result, MadeUpSweep.SPACE).html());
    browser.open(page);
  }

  private static TrialResult best(SweepResult result) {
    return result.trials().get(result.finalists().get(0).number() - 1);
  }

  private static TrialResult trial(int number) {
    return SWEEP.trials().get(number - 1);
  }

  private static List<Double> accuracies() {
    return browser.rows("#trials").stream()
        .map(row -> row.get(ACCURACY))
        .filter(text -> !text.equals("–"))
        .map(text -> Double.valueOf(text.replace(" %", "")))
        .toList();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static void assertNoDrawingHasAWrongNumber() {
    assertThat(
            browser.executeScript(
                "return [...document.querySelectorAll('.plot')].filter(one =>"
                    + " /NaN|Infinity|undefined/.test(one.outerHTML)).length"))
        .isEqualTo(0L);
  }
}
