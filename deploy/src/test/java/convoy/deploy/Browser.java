package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real browser without a window. */
final class Browser extends ChromeDriver {
  private Browser(ChromeDriverService service, ChromeOptions options) {
    super(service, options);
  }

  /** Debian's Chromium; the test is left out where it is not installed. */
  static Browser started() {
    Installed.require("/usr/bin/chromium");
    Installed.require("/usr/bin/chromedriver");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    options.setBinary("/usr/bin/chromium");
    options.setCapability("goog:loggingPrefs", logs);
    return new Browser(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
            .usingAnyFreePort()
            .withTimeout(Duration.ofSeconds(60))
            .build(),
        options);
  }

  /** Opens a file in a window of a desk's size. */
  void open(Path page) {
    manage().window().setSize(new Dimension(1_200, 900));
    get(page.toUri().toString());
  }

  /** The texts of all elements that a CSS selector fits. */
  List<String> texts(String selector) {
    return findElements(By.cssSelector(selector)).stream()
        .map(each -> each.getDomProperty("textContent"))
        .toList();
  }

  /** The cells of a table's body. */
  List<List<String>> rows(String table) {
    return findElements(By.cssSelector(table + " tbody tr")).stream()
        .map(
            row ->
                row.findElements(By.tagName("td")).stream()
                    .map(cell -> cell.getDomProperty("textContent"))
                    .toList())
        .toList();
  }

  /** Fails if the page has complained. */
  void assertNothingIsWrong() {
    assertThat(manage().logs().get(LogType.BROWSER).getAll())
        .extracting(LogEntry::getMessage)
        .isEmpty();
  }
}
