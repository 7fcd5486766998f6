package convoy.driver.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import convoy.data.InvalidDataException;

/**
 * Records as JSON and back. Unknown fields are skipped, so that older programs read newer files.
 */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Json() {}

  /** The value over several lines, for a file that people read. */
  public static String pretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value, e);
    }
  }

  /** The value on one line, without a line end. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value, e);
    }
  }

  /**
   * Reads a value.
   *
   * @param subject what {@code text} is, to begin an error message with
   * @throws InvalidDataException if it is not that type's JSON
   */
  public static <T> T read(String text, Class<T> type, String subject) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof InvalidDataException found) {
        throw new InvalidDataException(subject + ": " + found.getMessage(), found);
      }
      throw new InvalidDataException(
          "%s: not the JSON it should be: %s".formatted(subject, e.getOriginalMessage()), e);
    }
  }
}
