package convoy.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

class OptimizerTest {
  @Test
  void isFoundByItsNameOnTheCommandLine() {
    assertThat(Optimizer.names()).containsExactly("sgd", "nesterov", "adam", "rmsprop");
    assertThat(Optimizer.names().stream().map(Optimizer::named))
        .containsExactly(Optimizer.values());
  }

  @Test
  void answersAnUnknownNameWithTheNearestOne() {
    assertThatThrownBy(() -> Optimizer.named("adma"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown optimizer 'adma'. Did you mean adam? Known are: sgd, nesterov, adam, rmsprop");
  }

  @Test
  void isDl4jsUpdateRuleOfThatName() {
    assertThat(Optimizer.SGD.updater(0.5)).isEqualTo(new Sgd(0.5));
    assertThat(Optimizer.NESTEROV.updater(0.5)).isEqualTo(new Nesterovs(0.5));
    assertThat(Optimizer.ADAM.updater(0.5)).isEqualTo(new Adam(0.5));
    assertThat(Optimizer.RMSPROP.updater(0.5)).isEqualTo(new RmsProp(0.5));
  }
}
