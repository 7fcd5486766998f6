package convoy.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PageTest {
  private static final String OPENING = "<script type=\"application/json\" id=\"data\">";

  @Test
  void holdsAnyTextWithoutLettingItBecomeMarkup() throws IOException {
    String hostile = "</script><script>alert(1)</script><!-- {{style}} $1 \\ \u2028 é";
    String html = Page.of("<b>&{{data}}", "evaluation.js", Map.of("name", hostile));
    int from = html.indexOf(OPENING) + OPENING.length();
    String data = html.substring(from, html.indexOf("</script>", from));
    assertThat(data).doesNotContain("<");
    assertThat(new ObjectMapper().readTree(data).get("name").asText()).isEqualTo(hostile);
    assertThat(html).contains("<title>&lt;b>&amp;").doesNotContain("alert(1)</script>");
  }

  @Test
  void carriesAllItNeeds() {
    String html = Page.of("title", "comparison.js", Map.of());
    assertThat(html)
        .contains("Chart.js v4", "color-scheme", "default-src 'none'")
        .doesNotContain("{{style}}", "{{charts}}", "{{script}}", "src=\"http");
  }
}
