package convoy.driver.cli;

import convoy.driver.cli.Console.Setting;
import convoy.driver.dataset.PreparedDataset;
import convoy.driver.sweep.Standings;
import convoy.driver.sweep.SweepListener;
import convoy.driver.sweep.SweepResult;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepSpec;
import convoy.driver.sweep.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the person at the keyboard sees of a sweep: a row a trial, and a line that moves. */
final class SweepView implements SweepListener {
  private final SweepSpec spec;
  private final Console console;

  SweepView(SweepSpec spec, Console console) {
    this.spec = spec;
    this.console = console;
  }

  /** What will be done. */
  void begin(PreparedDataset dataset, int workers, int lanes, Standings standings) {
    List<Setting> shown = new ArrayList<>();
    shown.add(Setting.given("data", DataOption.summary(dataset)));
    shown.add(Setting.given("shared", words(spec.fixed())));
    spec.space().settings().stream()
        .map(setting -> Setting.given(setting.name(), SpecWords.of(setting)))
        .forEach(shown::add);
    shown.add(
        Setting.given(
            "search",
            "%s, %d trials at most%s"
                .formatted(
                    Values.name(spec.method()),
                    spec.mostTrials(),
                    spec.budget().time().map(t -> ", " + clock(t.toMillis() / 1e3)).orElse(""))));
    shown.add(Setting.given("stopping", Values.name(spec.stopping().rule())));
    shown.add(Setting.given("objective", spec.objective().described()));
    shown.add(
        Setting.given(
            "at a time",
            "%d %s, each on %s"
                .formatted(
                    lanes,
                    lanes == 1 ? "trial" : "trials",
                    workers == 1 ? "a task slot" : workers + " task slots")));
    console.settings(shown);
    long ended =
        standings.searchedTrials().stream().filter(t -> t.state() != Trial.State.RUNNING).count();
    if (!standings.searchedTrials().isEmpty()) {
      console.line(
          "going on after %d trials, %d of them ended", standings.searchedTrials().size(), ended);
    }
    header();
  }

  /** Before trials of the best with other seeds. */
  void repeats() {
    if (spec.repeats() > 0) {
      console.line("the best two again, by other seeds:");
    }
  }

  private void header() {
    console.line("trial  epochs  valid loss  valid acc    seconds  outcome   settings");
  }

  @Override
  public void left(Trial trial) {
    Optional<EpochResult> last = trial.last();
    console.line(
        "%5d %7d %11s %10s %10.1f  %-8s  %s%s",
        trial.ref().number(),
        trial.epochs().size(),
        last.map(e -> String.format(Locale.ROOT, "%.4f", e.loss())).orElse("-"),
        last.map(e -> String.format(Locale.ROOT, "%.4f", e.accuracy())).orElse("-"),
        trial.epochs().stream().mapToDouble(EpochResult::seconds).sum(),
        Values.name(trial.state()),
        trial.ref().seed() == spec.seed()
            ? words(trial.ref().point().values())
            : "seed " + trial.ref().seed(),
        trial.state() == Trial.State.FAILED ? ": " + trial.reason() : "");
  }

  @Override
  public void changed(Progress progress) {
    long ended = progress.finished() + progress.stopped() + progress.failed();
    console.passing(
        String.format(
            Locale.ROOT,
            "%d of %d trials: %s%d running, %d paused, %d stopped, %d failed%s",
            ended,
            progress.trials(),
            progress.best().map(this::best).orElse(""),
            progress.running(),
            progress.paused(),
            progress.stopped(),
            progress.failed(),
            progress.secondsLeft() < 0 ? "" : ", " + clock(progress.secondsLeft()) + " left"));
  }

  private String best(Trial trial) {
    EpochResult last = trial.last().orElseThrow();
    return String.format(
        Locale.ROOT, "best %.4f (trial %d), ", last.accuracy(), trial.ref().number());
  }

  /** What came out. */
  void end(SweepResult result) {
    if (result.finalists().isEmpty()) {
      console.line("no trial has a network to show; sweep.jsonl has the reasons");
      return;
    }
    SweepResult.Finalist best = result.finalists().get(0);
    console.line("best trial %d: %s", best.number(), words(point(result, best.number())));
    if (result.verdict() != null) {
      console.line("%s", result.verdict().words());
    }
    result.boundaries().forEach(warning -> console.line("%s", warning));
    console.line(
        "test accuracy %.4f (%,d of %,d), loss %.4f",
        result.test().accuracy(),
        result.test().correct(),
        result.test().count(),
        result.test().loss());
    console.line(
        "slots busy %.0f %% of %s", 100 * result.cost().busy(), clock(result.cost().seconds()));
    console.line("train it again: %s", result.command());
  }

  private static Map<String, Object> point(SweepResult result, int number) {
    return result.trials().get(number - 1).point();
  }

  private static String words(Map<String, Object> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + " " + SpecWords.shortened(setting.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? "%d min".formatted(Math.round(whole / 60.0))
        : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
  }
}
