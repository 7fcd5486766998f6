package convoy.model.archive;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Whether a configuration names no classes but those that DL4J describes networks with.
 *
 * <p>DL4J's JSON says of each part which class it is, and reading it loads and makes an object of
 * that class, whatever it is: a file from a stranger could name any on the classpath. So the names
 * are looked at first, in the bare tree.
 */
final class KnownClasses {
  /** Without the layers that are programs of their own, {@code layers.samediff}. */
  private static final Set<String> PACKAGES =
      Set.of(
          "org.deeplearning4j.nn.conf.constraint",
          "org.deeplearning4j.nn.conf.distribution",
          "org.deeplearning4j.nn.conf.dropout",
          "org.deeplearning4j.nn.conf.graph",
          "org.deeplearning4j.nn.conf.inputs",
          "org.deeplearning4j.nn.conf.layers",
          "org.deeplearning4j.nn.conf.layers.convolutional",
          "org.deeplearning4j.nn.conf.layers.misc",
          "org.deeplearning4j.nn.conf.layers.recurrent",
          "org.deeplearning4j.nn.conf.layers.util",
          "org.deeplearning4j.nn.conf.preprocessor",
          "org.deeplearning4j.nn.conf.stepfunctions",
          "org.deeplearning4j.nn.conf.weightnoise",
          "org.deeplearning4j.nn.weights",
          "org.nd4j.linalg.activations.impl",
          "org.nd4j.linalg.learning.config",
          "org.nd4j.linalg.learning.regularization",
          "org.nd4j.linalg.lossfunctions.impl",
          "org.nd4j.linalg.schedule");

  /** Keys under which DL4J takes a class: all parts but distributions, and those. */
  private static final List<String> KEYS = List.of("@class", "type");

  private KnownClasses() {}

  /**
   * The first name of another class, or nothing.
   *
   * @throws JsonProcessingException if it is not JSON, or has a key twice: which of the two counts
   *     would be the reader's choice
   */
  static Optional<String> stranger(String json) throws JsonProcessingException {
    ObjectMapper mapper =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    return stranger(mapper.readTree(json));
  }

  private static Optional<String> stranger(JsonNode node) {
    for (String key : KEYS) {
      JsonNode name = node.get(key);
      if (name != null && !isKnown(key, name)) {
        return Optional.of(name.asText());
      }
    }
    for (JsonNode child : node) {
      Optional<String> found = stranger(child);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean isKnown(String key, JsonNode name) {
    String text = name.asText();
    int dot = text.lastIndexOf('.');
    if (dot < 0) {
      // A type may be the constant of an enum; other names without a dot are classes of no package.
      return name.isTextual() && key.equals("type") && text.matches("[A-Z0-9_]+");
    }
    return name.isTextual() && PACKAGES.contains(text.substring(0, dot));
  }
}
