package convoy.driver.report;

import convoy.driver.store.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Puts a page together. */
final class Page {
  private Page() {}

  /**
   * One HTML file.
   *
   * @param script draws the page, by its file's name
   * @param data what the script reads
   */
  static String of(String title, String script, Object data) {
    return resource("page.html")
        .replace("{{title}}", escaped(title))
        .replace("{{style}}", resource("style.css"))
        .replace("{{common}}", resource("common.js"))
        .replace("{{script}}", resource(script))
        .replace("{{charts}}", resource("chart.umd.min.js"))
        // Last, so that nothing is replaced in it; and so that no value can end the element.
        .replace("{{data}}", Json.line(data).replace("<", "\\u003c"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream("/convoy/report/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
