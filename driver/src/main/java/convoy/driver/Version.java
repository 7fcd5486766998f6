package convoy.driver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which Convoy this is.
 *
 * @param number of the release
 * @param commit it was built from, or {@code unknown}
 * @param dl4j the release of Deeplearning4j it was built with
 */
public record Version(String number, String commit, String dl4j) {
  /** As the build recorded it. */
  public static Version current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("the build's version.properties cannot be read", e);
    }
    return new Version(
        properties.getProperty("version"),
        properties.getProperty("commit"),
        properties.getProperty("dl4j"));
  }
}
