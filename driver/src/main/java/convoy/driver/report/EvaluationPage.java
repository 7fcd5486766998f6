package convoy.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import convoy.data.ImageShape;
import convoy.data.augment.Augmentation;
import convoy.data.augment.Augmenter;
import convoy.data.augment.View;
import convoy.driver.evaluate.Evaluation;
import convoy.driver.evaluate.Findings;
import convoy.driver.evaluate.Gallery;
import convoy.driver.store.Json;
import convoy.driver.store.RunRecord;
import convoy.model.archive.ModelArchive;
import convoy.model.engine.LayerImages;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code evaluation.js} reads to draw {@code report.html}.
 *
 * @param epochs the lines of metrics.jsonl
 * @param mistakes the most confident, without the suspects
 * @param suspects mistakes that may be the label's
 * @param shown the image whose feature maps are among the layers; none without a convolution
 * @param augmentation in words
 */
public record EvaluationPage(
    Trained run,
    Evaluation evaluation,
    List<JsonNode> epochs,
    List<Shown> mistakes,
    List<Shown> suspects,
    List<Shown> shown,
    List<Layer> layers,
    String augmentation,
    List<Augmented> augmented) {
  /** Channels of a layer that are shown; fewer where they are large. */
  private static final int MOST_CHANNELS = 64;

  private static final int MOST_PIXELS = 1 << 18;

  /** A layer's images. */
  record Layer(String title, List<String> images) {}

  /** An image as it is and as it was trained on. */
  record Augmented(long id, String before, String after) {}

  /**
   * Gathers a page's content.
   *
   * @param shape of the images
   * @param metrics lines of metrics.jsonl
   * @param augmentation that the run was trained with
   */
  public static EvaluationPage of(
      RunRecord run,
      Evaluation evaluation,
      Findings findings,
      ImageShape shape,
      ModelArchive model,
      List<String> metrics,
      Augmentation augmentation) {
    List<Gallery.Scored> examples = findings.examples();
    List<Layer> layers = layers(model, shape, examples.get(0));
    return new EvaluationPage(
        Trained.of(run),
        evaluation,
        metrics.stream().map(line -> Json.read(line, JsonNode.class, "metrics.jsonl")).toList(),
        Shown.all(findings.mistakes(), shape),
        Shown.all(findings.suspects(), shape),
        layers.isEmpty() ? List.of() : Shown.all(examples.subList(0, 1), shape),
        layers,
        words(augmentation),
        augmentation.equals(Augmentation.NONE)
            ? List.of()
            : examples.stream().map(one -> augmented(one, shape, augmentation)).toList());
  }

  /** The page. */
  public String html() {
    String title = "%s on %s".formatted(run.settings().get("model"), evaluation.data().name());
    return Page.of(title, "evaluation.js", this);
  }

  private static String picture(ImageShape shape, byte[] pixels) {
    return Pictures.of(shape.channels(), shape.height(), shape.width(), pixels);
  }

  private static List<Layer> layers(ModelArchive model, ImageShape shape, Gallery.Scored example) {
    float[] image = new float[shape.pixels()];
    View.PLAIN.write(shape, example.image(), 0, image, 0);
    return LayerImages.of(model.configuration(), model.state().parameters(), image).stream()
        .map(EvaluationPage::layer)
        .toList();
  }

  private static Layer layer(LayerImages found) {
    float black = Float.POSITIVE_INFINITY;
    float white = Float.NEGATIVE_INFINITY;
    for (float[] channel : found.images()) {
      for (float value : channel) {
        black = Math.min(black, value);
        white = Math.max(white, value);
      }
    }
    int most = Math.max(1, Math.min(MOST_CHANNELS, MOST_PIXELS / found.height() / found.width()));
    List<String> pictures = new ArrayList<>();
    for (float[] channel : found.images().subList(0, Math.min(most, found.images().size()))) {
      pictures.add(
          Pictures.of(found.channels(), found.height(), found.width(), channel, black, white));
    }
    String title =
        pictures.size() == found.images().size()
            ? found.title()
            : "%s, the first %d of %d"
                .formatted(found.title(), pictures.size(), found.images().size());
    return new Layer(title, pictures);
  }

  private static Augmented augmented(
      Gallery.Scored one, ImageShape shape, Augmentation augmentation) {
    float[] varied = new float[shape.pixels()];
    new Augmenter(augmentation, shape, 1).write(one.image(), 0, one.id(), 0, varied, 0);
    return new Augmented(
        one.id(),
        picture(shape, one.image()),
        Pictures.of(shape.channels(), shape.height(), shape.width(), varied, 0, 1));
  }

  private static String words(Augmentation augmentation) {
    List<String> parts = new ArrayList<>();
    if (augmentation.rotationDegrees() > 0) {
      parts.add("rotation by up to %s degrees".formatted(augmentation.rotationDegrees()));
    }
    if (augmentation.widthShift() > 0) {
      parts.add("shift by up to %s of the width".formatted(augmentation.widthShift()));
    }
    if (augmentation.heightShift() > 0) {
      parts.add("shift by up to %s of the height".formatted(augmentation.heightShift()));
    }
    if (augmentation.horizontalFlip()) {
      parts.add("half of the images mirrored left to right");
    }
    if (augmentation.verticalFlip()) {
      parts.add("half of the images mirrored top to bottom");
    }
    if (parts.isEmpty()) {
      return "";
    }
    return "The first test images as they are and as training images are varied: "
        + String.join(", ", parts)
        + ".";
  }
}
