package convoy.driver.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import convoy.driver.CommandLineException;
import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Setting.Condition;
import convoy.driver.search.Space;
import convoy.driver.sweep.Objective.Measure;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Method;
import convoy.driver.sweep.SweepSpec.Stopping;
import convoy.driver.sweep.SweepSpec.Stopping.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpecReaderTest {
  private static final String WHOLE =
      """
      data: mnist
      model: [cnn-small, cnn-deep]
      train:
        epochs: 6
        schedule: cosine
        horizontal-flip: true
      search:
        outer-momentum: {range: [0, 0.9], when: {optimizer: sgd}}
        learning-rate: {log: [1e-4, 1e-1]}
        dense-units: {integer: [32, 512], log: true, when: {model: [cnn-deep]}}
        batch-size: {choice: [32, 64, 128]}
        dropout: [0, 0.25]
        optimizer: [sgd, adam]
      method: sobol
      stopping: {rule: halving, first: 2, factor: 4}
      budget: {trials: 40, time: 55m}
      objective: {measure: accuracy, cost-weight: 0.002}
      seed: 7
      repeats: 0
      failures: 0.25
      """;

  private static final String HEAD =
      """
      data: mnist
      model: cnn-small
      budget: {trials: 40}
      train: {epochs: 6}
      """;

  @Test
  void readsAWholeSpecification() {
    assertThat(read(WHOLE))
        .isEqualTo(
            new SweepSpec(
                "mnist",
                Map.of("epochs", 6L, "schedule", "cosine", "horizontal-flip", true),
                new Space(
                    List.of(
                        always("model", new Range.Choice(List.of("cnn-small", "cnn-deep"))),
                        always("learning-rate", new Range.Continuous(1e-4, 1e-1, true)),
                        new Setting(
                            "dense-units",
                            new Range.Whole(32, 512, true),
                            Optional.of(new Condition("model", List.of("cnn-deep")))),
                        always("batch-size", new Range.Choice(List.of(32L, 64L, 128L))),
                        always("dropout", new Range.Choice(List.of(0.0, 0.25))),
                        always("optimizer", new Range.Choice(List.of("sgd", "adam"))),
                        new Setting(
                            "outer-momentum",
                            new Range.Continuous(0, 0.9, false),
                            Optional.of(new Condition("optimizer", List.of("sgd")))))),
                Method.SOBOL,
                new Stopping(Rule.HALVING, 2, 4, 0),
                new Budget(40, Optional.of(Duration.ofMinutes(55))),
                new Objective(Measure.ACCURACY, 0.002),
                7,
                0,
                0.25));
  }

  @Test
  void fillsInWhatIsLeftOut() {
    SweepSpec spec = read(HEAD + "search: {optimizer: [sgd, adam]}");
    assertThat(spec.fixed()).isEqualTo(Map.of("model", "cnn-small", "epochs", 6L));
    assertThat(spec.method()).isEqualTo(Method.TPE);
    assertThat(spec.stopping()).isEqualTo(new Stopping(Rule.NONE, 1, 0, 0));
    assertThat(spec.budget()).isEqualTo(new Budget(40, Optional.empty()));
    assertThat(spec.objective()).isEqualTo(new Objective(Measure.ACCURACY, 0));
    assertThat(spec.seed()).isEqualTo(1);
    assertThat(spec.repeats()).isEqualTo(3);
    assertThat(spec.mostFailures()).isEqualTo(0.5);
  }

  @Test
  void knowsTheRulesByNameAlone() {
    String searched = HEAD + "search: {optimizer: [sgd, adam]}\nstopping: ";
    assertThat(read(searched + "halving").stopping())
        .isEqualTo(new Stopping(Rule.HALVING, 1, 3, 0));
    assertThat(read(searched + "median").stopping()).isEqualTo(new Stopping(Rule.MEDIAN, 2, 0, 5));
  }

  @Test
  void searchesNetworksAlone() {
    SweepSpec spec = read(HEAD.replace("cnn-small", "[lenet5, cnn-deep]"));
    assertThat(spec.space().dimensions()).isEqualTo(1);
    assertThat(spec.fixed()).isEqualTo(Map.of("epochs", 6L));
  }

  @Test
  void readsAgainWhatItPutIntoAMap() throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    for (String text :
        List.of(
            WHOLE,
            HEAD + "search: {rotation: {integer: [0, 90]}}\nstopping: median\nobjective: loss",
            HEAD + "search: {horizontal-flip: [true, false]}\nmethod: grid")) {
      SweepSpec spec = read(text);
      assertThat(read(json.writeValueAsString(spec.asMap()))).isEqualTo(spec);
    }
  }

  @Test
  void fillsDefaultsIntoTheMap() throws JsonProcessingException {
    SweepSpec spec = read(HEAD + "search: {optimizer: [sgd, adam]}\nstopping: halving");
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(json.writeValueAsString(spec.asMap())))
        .isEqualTo(
            json.readTree(
                """
                {
                  "data": "mnist",
                  "model": "cnn-small",
                  "train": {"epochs": 6},
                  "search": {"optimizer": {"choice": ["sgd", "adam"]}},
                  "method": "tpe",
                  "stopping": {"rule": "halving", "first": 1, "factor": 3},
                  "budget": {"trials": 40},
                  "objective": {"measure": "accuracy", "cost-weight": 0.0},
                  "seed": 1,
                  "repeats": 3,
                  "failures": 0.5
                }
                """));
  }

  @Test
  void reportsAllMistakesAtOnce() {
    String text =
        """
        modle: cnn-small
        model: cnn-smal
        train:
          epochs: 0.5
          seed: 3
          validation: 0
          optimizer: sgd
        search:
          learning-rate: {log: [1e-4, 200]}
          dropout: {range: [0.5, 0.1]}
          optimizer: [sgd, adam]
          lerning-rate: [0.1, 0.2]
          dense-units: {integer: [32, 64.5]}
          batch-size:
            choice:
              - 32
              - -1
          rotation: 15
          outer-momentum: {range: [0, 0.9], when: {optimizer: rmsprop}}
        method: tpu
        stopping: {rule: median, factor: 2}
        budget: {time: 55 minutes}
        objective: {measure: loss, cost-weight: 0.1}
        seed: x
        repeats: -1
        failures: 2
        """;
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            """
            sweep.yaml: 22 mistakes
              line 1: modle: unknown. Did you mean model?
              line 1: data is missing
              line 2: model: must be a network, got cnn-smal
              line 4: train.epochs: must be a whole number from 1, got 0.5
              line 5: train.seed: is given by seed at the top of the file
              line 6: train.validation: must be a whole number from 1, got 0
              line 9: search.learning-rate: must be above 0 and at most 100, got 200
              line 10: search.dropout: a range must end above its beginning, got 0.5 to 0.1
              line 11: search.optimizer: is given under train as well; leave it out of one of them
              line 12: search.lerning-rate: train has no such option. Did you mean learning-rate?
              line 13: search.dense-units: the ends of the range must be whole numbers, got 64.5
              line 17: search.batch-size: must be a whole number from 0, got -1
              line 18: search.rotation: is searched, and so needs a list of values or one of {range: [low, high]}, {log: [low, high]} and {integer: [low, high]}; a single value belongs under train
              line 19: search.outer-momentum.when.optimizer: optimizer is searched among [sgd, adam] and never rmsprop
              line 20: method: must be one of grid, random, sobol, tpe, got 'tpu'
              line 21: stopping.factor: is not for the rule median
              line 22: budget.time: must be a time such as 90s, 55m or 2h, got 55 minutes
              line 22: budget: trials is missing
              line 23: objective.cost-weight: is for the measure accuracy, got loss
              line 24: seed: must be a whole number, got x
              line 25: repeats: must be a whole number from 0 to 100, got -1
              line 26: failures: must be a number from 0.0 to 1.0, got 2""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data | is given by data at the top of the file",
        "out | is a folder that the sweep chooses for each trial",
        "workers | is --workers-per-trial of the command",
        "steps | is not for sweeps, which count epochs; give epochs instead",
        "resume | is not for trials; give --resume to the sweep itself",
        "recipe | is not for sweeps; give its options one by one",
        "checkpoint-every | is not for trials, which keep one after every epoch",
        "early-stopping | is not for trials; use stopping at the top of the file",
        "patience | is not for trials; use stopping at the top of the file",
        "device | is --device of the command",
        "seed | is given by seed at the top of the file"
      })
  void refusesOptionsThatAreNotForTrials(String name, String words) {
    assertMistake(
        HEAD.replace("6}", "6, " + name + ": 1}") + "search: {optimizer: [sgd, adam]}",
        "line 4: train.%s: %s".formatted(name, words));
    assertMistake(
        HEAD + "search: {" + name + ": [1, 2]}", "line 5: search.%s: %s".formatted(name, words));
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs", "validation", "evaluation-batch-size"})
  void refusesToSearchWhatMakesTrialsComparable(String name) {
    assertMistake(
        HEAD + "search: {" + name + ": [1, 2]}",
        "line 5: search."
            + name
            + ": must be the same for all trials, so that they can be compared; give it under train");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{model: [lenet5, cnn-deep]} | search.model: is searched by a list of networks as model at the top of the file",
        "{} | search: names no setting",
        "{optimizer: [sgd]} | search.optimizer: a choice needs two values or more, got 1",
        "{optimizer: [sgd, sgd]} | search.optimizer: sgd is given twice",
        "{dropout: [0, 0.0]} | search.dropout: 0.0 is given twice",
        "{dropout: {range: [0]}} | search.dropout: a range needs two ends, got 1",
        "{dropout: {range: [0, x]}} | search.dropout: the ends of the range must be numbers, got x",
        "{dropout: {log: [0, 0.5]}} | search.dropout: a logarithmic range must begin above 0, got 0",
        "{dropout: {range: [0, 0.5], log: true}} | search.dropout: needs one of range, log, integer and choice, got range and log",
        "{dropout: {when: {optimizer: sgd}}, optimizer: [sgd, adam]} | search.dropout: needs one of range, log, integer and choice, got none",
        "{dropout: {rang: [0, 0.5], choice: [0.1, 0.2]}} | search.dropout.rang: unknown. Did you mean range?",
        "{batch-size: {range: [8, 64]}} | search.batch-size: takes whole numbers, so search it by {integer: [8, 64]}",
        "{batch-size: {integer: [0, 64], log: true}} | search.batch-size: a logarithmic range of whole numbers must begin at 1 or above, got 0",
        "{batch-size: {integer: [1, 64], log: maybe}} | search.batch-size.log: must be true or false beside integer, got maybe",
        "{horizontal-flip: [true, 2]} | search.horizontal-flip: must be true or false, got 2",
        "{rotation: {range: [0, 1e999]}} | search.rotation: is too great a number, got 1e999",
        "{rotation: [[1, 2], 3]} | search.rotation: must be a single value",
        "{rotation: [1, 2], rotation: [3, 4]} | search.rotation: is given twice",
        "{rotation: {range: [0, 9], when: {optimizer: sgd}}} | search.rotation.when: optimizer is not searched",
        "{rotation: {range: [0, 9], when: sgd}} | search.rotation.when: must be a map of names to values",
        "{rotation: {range: [0, 9], when: {}}} | search.rotation.when: must name one other setting, got 0",
        "{rotation: {range: [0, 9], when: {dropout: 0.1}}, dropout: {range: [0, 0.5]}} | search.rotation.when.dropout: dropout is a range of numbers; conditions name choices and ranges of whole numbers",
        "{rotation: {range: [0, 9], when: {batch-size: 65}}, batch-size: {integer: [1, 64]}} | search.rotation.when.batch-size: batch-size is searched from 1 to 64 and never 65",
        "{rotation: {choice: [0, 9], when: {rotation: 9}}} | search.rotation: its conditions lead in a circle"
      })
  void refusesWhatCannotBeSearched(String search, String words) {
    assertMistake(HEAD + "search: " + search, "line 5: " + words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method: grid | line 3: budget.trials: must be at least 64 for a grid, got 40",
        "stopping: {rule: halving, factor: 1} | line 6: stopping.factor: must be a whole number from 2, got 1",
        "stopping: {rule: halving, first: 6} | line 6: stopping.first: must be below the 6 epochs of a trial, got 6",
        "stopping: {rule: halving, trials: 6} | line 6: stopping.trials: is not for the rule halving",
        "stopping: {first: 2} | line 6: stopping: rule is missing",
        "stopping: never | line 6: stopping: must be one of none, halving, median, got 'never'",
        "objective: {measure: f1} | line 6: objective.measure: must be one of accuracy, loss, got 'f1'",
        "objective: | line 6: objective: needs a value",
        "seed: 1.5 | line 6: seed: must be a whole number, got 1.5",
        "trials: 5 | line 6: trials: unknown. Did you mean train?"
      })
  void refusesWhatItCannotDo(String more, String words) {
    assertMistake(
        HEAD
            + "search: {dropout: [0, 0.1, 0.2, 0.3], rotation: [0, 5, 9, 20], batch-size: [1, 2, 3, 4]}\n"
            + more,
        words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | line 1: the file is empty",
        "'just words' | line 1: must be a map of names to values",
        "'- data' | line 1: must be a map of names to values"
      })
  void refusesWhatIsNoSpecification(String text, String words) {
    assertMistake(text, words);
  }

  @Test
  void asksHowManyEpochsATrialTakes() {
    String words = "epochs are missing: say how many a whole trial takes by train: {epochs: N}";
    String search = "search: {optimizer: [sgd, adam]}";
    assertMistake(HEAD.replace("train: {epochs: 6}\n", search), "line 1: " + words);
    assertMistake(HEAD.replace("epochs: 6", "rotation: 6") + search, "line 4: train: " + words);
  }

  @Test
  void takesNoNumberInQuotesForEpochs() {
    assertMistake(
        HEAD.replace("epochs: 6", "epochs: \"6\"") + "search: {optimizer: [sgd, adam]}",
        "line 4: train.epochs: must be a whole number from 1, got 6");
  }

  @Test
  void namesTheLineThatIsNotYaml() {
    assertMistake(
        "data: mnist\nmodel: cnn-small\n  epochs: 3\n",
        "line 3: not YAML: mapping values are not allowed here");
    assertMistake(
        "data: mnist\nsearch: [a, b\n",
        "line 3: not YAML: expected ',' or ']', but got <stream end>");
    assertMistake("data: a\n---\ndata: b\n", "line 2: not YAML: but found another document");
  }

  @Test
  void buildsNothingThatAFileNames() {
    assertMistake(
        "data: !!javax.script.ScriptEngineManager [x]\n",
        "line 1: not YAML: Global tag is not allowed: tag:yaml.org,2002:javax.script.ScriptEngineManager");
  }

  @Test
  void followsNoCircleOfAliases() {
    assertMistake(
        HEAD + "search: &a {rotation: {choice: [0, 9], when: *a}, dropout: [*a, 0.1]}",
        "line 5: search.dropout: must be a single value",
        "line 5: search.rotation.when: must name one other setting, got 2");
  }

  @Test
  void namesEverySettingOfACircle() {
    assertThatThrownBy(
            () ->
                read(
                    HEAD
                        + """
                        search:
                          dropout: [0, 0.1]
                          rotation: {choice: [0, 9], when: {batch-size: 1}}
                          batch-size: {choice: [1, 2], when: {rotation: 9}}
                        """))
        .hasMessage(
            """
            sweep.yaml: 2 mistakes
              line 7: search.rotation: its conditions lead in a circle
              line 8: search.batch-size: its conditions lead in a circle""");
  }

  private static void assertMistake(String text, String... words) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(CommandLineException.class)
        .hasMessage(
            "sweep.yaml: %d mistake%s\n  %s"
                .formatted(words.length, words.length == 1 ? "" : "s", String.join("\n  ", words)));
  }

  private static Setting always(String name, Range range) {
    return new Setting(name, range, Optional.empty());
  }

  private static SweepSpec read(String text) {
    return new SpecReader(new FakeOptions()).read("sweep.yaml", text);
  }
}
