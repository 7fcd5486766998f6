package convoy.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

final class NamedRecipeTest {
  @Test
  void everyRecipeIsMadeOfOptionsThatAreThere() {
    for (NamedRecipe recipe : NamedRecipe.values()) {
      assertThat(recipe.with(List.of()).options().model()).isNotNull();
    }
  }

  @Test
  void whatIsGivenOverridesTheRecipe() {
    List<OptionSpec> given =
        ParsedOptions.of(List.of("--epochs=2", "--seed=5", "--horizontal-flip", "--rotation=0"))
            .given();
    ParsedOptions whole = NamedRecipe.MNIST_99_6.with(given);
    assertThat(texts(whole))
        .contains("--epochs=2", "--seed=5", "--horizontal-flip=", "--rotation=0")
        .contains("--model=cnn-deep", "--schedule=cosine", "--width-shift=0.1");
    assertThat(whole.options().model()).isEqualTo("cnn-deep");
  }

  @Test
  void stepsTakeThePlaceOfEpochs() {
    ParsedOptions whole =
        NamedRecipe.MNIST_99_6.with(ParsedOptions.of(List.of("--steps=7")).given());
    assertThat(texts(whole)).contains("--steps=7").doesNotContain("--epochs=30");
    whole.options().check();
  }

  private static List<String> texts(ParsedOptions parsed) {
    return parsed.given().stream()
        .map(
            option ->
                option.longestName()
                    + "="
                    + option.originalStringValues().stream()
                        .reduce((first, last) -> last)
                        .orElse(""))
        .map(text -> text.replace("=true", "="))
        .collect(Collectors.toList());
  }
}
