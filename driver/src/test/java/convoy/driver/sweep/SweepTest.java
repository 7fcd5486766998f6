package convoy.driver.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.driver.search.Range;
import convoy.driver.search.Setting;
import convoy.driver.search.Space;
import convoy.driver.store.Files;
import convoy.driver.sweep.SweepSpec.Budget;
import convoy.driver.sweep.SweepSpec.Method;
import convoy.driver.sweep.SweepSpec.Stopping;
import convoy.driver.sweep.Trial.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SweepTest {
  private static final Stopping NEVER = new Stopping(Stopping.Rule.NONE, 1, 0, 0);
  private static final Stopping HALVING = new Stopping(Stopping.Rule.HALVING, 1, 3, 0);
  private static final Stopping MEDIAN = new Stopping(Stopping.Rule.MEDIAN, 2, 0, 5);

  private static final SweepListener SILENT =
      new SweepListener() {
        @Override
        public void changed(Progress progress) {}

        @Override
        public void left(Trial trial) {}
      };

  private final Files files = new Files(new Configuration());
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Method.class,
      names = {"GRID", "RANDOM", "SOBOL"})
  void trialsDoNotDependOnHowManyRunAtATime(Method method) throws Exception {
    SweepSpec spec = spec(method, NEVER, 20);
    List<String> alone = outcome(run(spec, new FakeTrials(SweepTest::right), "alone", 1));
    assertThat(outcome(run(spec, new FakeTrials(SweepTest::right), "three", 3))).isEqualTo(alone);
    assertThat(alone).hasSizeGreaterThanOrEqualTo(9);
  }

  /** As if the driver had died after any line of the journal, and again after the next. */
  @ParameterizedTest
  @EnumSource(Stopping.Rule.class)
  void goesOnFromEveryLineOfItsJournalToTheSameTrials(Stopping.Rule rule) throws Exception {
    Stopping stopping =
        switch (rule) {
          case NONE -> NEVER;
          case HALVING -> HALVING;
          case MEDIAN -> MEDIAN;
        };
    SweepSpec spec = spec(Method.SOBOL, stopping, 6, 4);
    FakeTrials whole = new FakeTrials(SweepTest::right);
    List<String> expected = outcome(run(spec, whole, "whole", 1));
    List<String> lines = java.nio.file.Files.readAllLines(folder.resolve("whole/sweep.jsonl"));
    for (int kept = 1; kept <= lines.size(); kept++) {
      String name = "cut-" + kept;
      FakeTrials trials = new FakeTrials(SweepTest::right);
      replay(lines.subList(0, kept), trials);
      java.nio.file.Files.createDirectories(folder.resolve(name));
      java.nio.file.Files.write(folder.resolve(name + "/sweep.jsonl"), lines.subList(0, kept));
      assertThat(outcome(run(spec, trials, name, 1)))
          .as("after %d lines", kept)
          .isEqualTo(expected);
      assertThat(trials.trained()).as("after %d lines", kept).isEqualTo(whole.trained());
    }
  }

  /** Trains what the journal says was trained. */
  private static void replay(List<String> lines, FakeTrials trials) {
    Standings standings = new Standings(space());
    for (String line : lines) {
      Entry entry = convoy.driver.store.Json.read(line, Entry.class, "line");
      standings.apply(entry);
      if (entry.event() == Entry.Event.EPOCH) {
        Trial trial =
            standings.all().stream()
                .filter(each -> each.ref().directory().equals(entry.trial()))
                .findFirst()
                .orElseThrow();
        trials.open(trial.ref()).next();
      }
    }
  }

  @Test
  void takesOverAnEpochThatADeadDriverDidNotWriteDown() throws Exception {
    SweepSpec spec = spec(Method.SOBOL, NEVER, 4);
    FakeTrials whole = new FakeTrials(SweepTest::right);
    List<String> expected = outcome(run(spec, whole, "all", 1));
    List<String> lines = java.nio.file.Files.readAllLines(folder.resolve("all/sweep.jsonl"));
    FakeTrials trials = new FakeTrials(SweepTest::right);
    replay(lines.subList(0, 4), trials);
    java.nio.file.Files.createDirectories(folder.resolve("behind"));
    // The second epoch's checkpoint is there, its line is not.
    java.nio.file.Files.write(folder.resolve("behind/sweep.jsonl"), lines.subList(0, 3));
    assertThat(lines.get(3)).contains("\"epoch\":2");
    assertThat(outcome(run(spec, trials, "behind", 1))).isEqualTo(expected);
    assertThat(trials.trained()).isEqualTo(whole.trained());
  }

  @Test
  void halvingTrainsTheBestThirdOfEachRungFurther() throws Exception {
    Sweep sweep =
        run(spec(Method.SOBOL, HALVING, 27), new FakeTrials(SweepTest::right), "halving", 1);
    List<Trial> trials = sweep.standings().searchedTrials();
    Trial best =
        trials.stream().max((a, b) -> Double.compare(right(a.ref()), right(b.ref()))).orElseThrow();
    assertThat(best.state()).isEqualTo(State.FINISHED);
    assertThat(sweep.finalists().get(0)).isSameAs(best);
    assertThat(trials.stream().filter(t -> t.epochs().size() >= 3).count()).isBetween(9L, 13L);
    assertThat(trials.stream().filter(t -> t.state() == State.FINISHED).count()).isBetween(3L, 5L);
    assertThat(trials.stream().filter(t -> t.state() == State.STOPPED))
        .allMatch(t -> t.reason().startsWith("not among the best after "));
  }

  @Test
  void theMedianRuleStopsTheWorseHalf() throws Exception {
    Sweep sweep =
        run(spec(Method.SOBOL, MEDIAN, 24), new FakeTrials(SweepTest::right), "median", 1);
    List<Trial> stopped =
        sweep.standings().searchedTrials().stream()
            .filter(trial -> trial.state() == State.STOPPED)
            .toList();
    assertThat(stopped).hasSizeBetween(4, 16);
    assertThat(stopped).allMatch(trial -> trial.reason().startsWith("below the median after "));
  }

  @Test
  void aLaneTakesTheNextTrialWhileAnotherIsStillAtItsFirst() throws Exception {
    CountDownLatch others = new CountDownLatch(5 * 9);
    AtomicInteger first = new AtomicInteger();
    FakeTrials trials =
        new FakeTrials(SweepTest::right) {
          @Override
          void before(Trial.Ref ref, int epoch) {
            first.compareAndSet(0, ref.number());
            if (ref.number() == first.get() && epoch == 1) {
              await(others);
            } else {
              others.countDown();
            }
          }
        };
    Sweep sweep = run(spec(Method.SOBOL, NEVER, 6), trials, "lanes", 2);
    assertThat(sweep.standings().searchedTrials()).allMatch(t -> t.state() == State.FINISHED);
  }

  @Test
  void costlyTrialsBeginFirstSoThatNoneIsLeftAloneAtTheEnd() throws Exception {
    run(spec(Method.GRID, NEVER, 15), new FakeTrials(SweepTest::right), "costly", 1);
    List<Long> costs = new ArrayList<>();
    for (String line : java.nio.file.Files.readAllLines(folder.resolve("costly/sweep.jsonl"))) {
      Entry entry = convoy.driver.store.Json.read(line, Entry.class, "line");
      if (entry.event() == Entry.Event.PROPOSED && entry.trial().startsWith("trials/")) {
        costs.add(entry.proposed(space()).cost().multiplyAdds());
      }
    }
    assertThat(costs).hasSize(15).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(costs.get(0)).isGreaterThan(costs.get(14));
  }

  @Test
  void aTrialThatFailsIsWrittenDownAndTheOthersGoOn() throws Exception {
    Sweep sweep = run(spec(Method.SOBOL, NEVER, 12), failing(3), "failing", 2);
    List<Trial> failed =
        sweep.standings().searchedTrials().stream()
            .filter(trial -> trial.state() == State.FAILED)
            .toList();
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).reason()).isEqualTo("diverged");
    assertThat(failed.get(0).epochs()).hasSize(1);
    assertThat(sweep.standings().searchedTrials()).hasSize(12);
  }

  @Test
  void tooManyFailuresEndTheSweep() {
    Integer[] all = IntStream.rangeClosed(1, 12).boxed().toArray(Integer[]::new);
    assertThatThrownBy(() -> run(spec(Method.SOBOL, NEVER, 12), failing(all), "bad", 1))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessage(
            "5 of 5 trials failed, and the specification lets 50 % fail. sweep.jsonl has the reasons. Mend the ranges and begin another sweep, or raise `failures`.");
  }

  private static FakeTrials failing(Integer... numbers) {
    return new FakeTrials(SweepTest::right) {
      @Override
      void before(Trial.Ref ref, int epoch) {
        if (epoch == 2 && List.of(numbers).contains(ref.number())) {
          throw new TrialFailedException("diverged", null);
        }
      }
    };
  }

  @Test
  void whatIsNotATrialsOwnDoingEndsAllLanesAndCanGoOn() throws Exception {
    AtomicInteger left = new AtomicInteger(10);
    FakeTrials trials =
        new FakeTrials(SweepTest::right) {
          @Override
          void before(Trial.Ref ref, int epoch) {
            if (left.decrementAndGet() == 0) {
              throw new UncheckedIOException(new IOException("disk full"));
            }
          }
        };
    SweepSpec spec = spec(Method.SOBOL, NEVER, 6);
    assertThatThrownBy(() -> run(spec, trials, "broken", 2)).hasMessageContaining("disk full");
    List<String> expected = outcome(run(spec, new FakeTrials(SweepTest::right), "unbroken", 2));
    assertThat(outcome(run(spec, trials, "broken", 2))).isEqualTo(expected);
  }

  @Test
  void theTimeEndsASearchButNotItsRepeats() throws Exception {
    SweepSpec spec =
        new SweepSpec(
            "toy",
            Map.of("model", "mlp", "epochs", 9L),
            space(),
            Method.RANDOM,
            NEVER,
            new Budget(1_000, Optional.of(Duration.ofMillis(300))),
            new Objective(Objective.Measure.ACCURACY, 0),
            1,
            2,
            0.5);
    FakeTrials trials =
        new FakeTrials(SweepTest::right) {
          @Override
          void before(Trial.Ref ref, int epoch) {
            linger();
          }
        };
    Sweep sweep = run(spec, trials, "time", 1);
    List<Trial> searched = sweep.standings().searchedTrials();
    assertThat(searched).hasSizeBetween(1, 4);
    Trial last = searched.get(searched.size() - 1);
    assertThat(last.reason()).isEqualTo("the time was up");
    assertThat(sweep.standings().repeats())
        .hasSize(Math.min(2, searched.size()) * 2)
        .allMatch(trial -> trial.state() == State.FINISHED);
  }

  @Test
  void theBestTwoAreRepeatedAndTheBestIsTestedOnce() throws Exception {
    FakeTrials trials = new FakeTrials(SweepTest::right);
    SweepSpec spec = spec(Method.SOBOL, NEVER, 8);
    Sweep sweep = run(spec, trials, "tested", 2);
    assertThat(trials.tested()).isEqualTo(1);
    assertThat(sweep.standings().repeats())
        .extracting(trial -> trial.ref().seed())
        .containsExactlyInAnyOrder(2L, 2L, 3L, 3L);
    run(spec, trials, "tested", 2);
    assertThat(trials.tested()).isEqualTo(1);

    SweepResult result = Summary.of(spec, sweep, 2, new Anything(), "train");
    assertThat(result.verdict().beyondNoise()).isTrue();
    assertThat(result.verdict().words()).contains("the best trial is better, beyond noise");
    assertThat(result.finalists().get(0).scores()).hasSize(2);
    assertThat(result.importance()).extracting(SweepResult.Importance::name).contains("x");
    assertThat(result.test().count()).isEqualTo(100);
  }

  /** The best two fail after they were let go on. */
  @Test
  void trialsThatFailLeaveTheirPlacesToOthers() throws Exception {
    List<Integer> bestFirst =
        run(spec(Method.SOBOL, HALVING, 9), new FakeTrials(SweepTest::right), "ranks", 1)
            .standings()
            .searchedTrials()
            .stream()
            .sorted((a, b) -> Double.compare(right(b.ref()), right(a.ref())))
            .map(trial -> trial.ref().number())
            .toList();
    FakeTrials trials =
        new FakeTrials(SweepTest::right) {
          @Override
          void before(Trial.Ref ref, int epoch) {
            if (epoch == 2 && bestFirst.subList(0, 2).contains(ref.number())) {
              throw new TrialFailedException("diverged", null);
            }
          }
        };
    Sweep sweep = run(spec(Method.SOBOL, HALVING, 9), trials, "places", 1);
    assertThat(sweep.finalists())
        .allMatch(trial -> trial.state() == State.FINISHED)
        .extracting(trial -> trial.ref().number())
        .containsExactly(bestFirst.get(2), bestFirst.get(3));
  }

  @Test
  void aSweepWithoutATrialThatFinishedAnEpochIsNoSuccess() {
    FakeTrials trials =
        new FakeTrials(SweepTest::right) {
          @Override
          void before(Trial.Ref ref, int epoch) {
            throw new TrialFailedException("refused", null);
          }
        };
    assertThatThrownBy(() -> run(spec(Method.SOBOL, NEVER, 3), trials, "none", 2))
        .isInstanceOf(TooManyFailuresException.class)
        .hasMessageStartingWith("3 of 3 trials failed");
  }

  @Test
  void trainsAgainWhatItsCheckpointsHaveLost() throws Exception {
    SweepSpec spec = spec(Method.SOBOL, NEVER, 4);
    List<String> expected = outcome(run(spec, new FakeTrials(SweepTest::right), "kept", 1));
    List<String> lines = java.nio.file.Files.readAllLines(folder.resolve("kept/sweep.jsonl"));
    java.nio.file.Files.createDirectories(folder.resolve("lost"));
    java.nio.file.Files.write(folder.resolve("lost/sweep.jsonl"), lines.subList(0, 8));
    FakeTrials trials = new FakeTrials(SweepTest::right);
    assertThat(outcome(run(spec, trials, "lost", 1))).isEqualTo(expected);
    assertThat(trials.trained()).isEqualTo(4 * 9 + 4 * 9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aSweepOfOneOrTwoTrialsEndsToo(int number) throws Exception {
    Sweep sweep =
        run(spec(Method.TPE, HALVING, number), new FakeTrials(SweepTest::right), "few", 2);
    assertThat(sweep.standings().searchedTrials())
        .hasSize(number)
        .allMatch(trial -> trial.state() == State.FINISHED);
  }

  /** The further right, the better. */
  private static double right(Trial.Ref ref) {
    return (double) ref.point().values().get("x") * (1 - 0.001 * ref.seed());
  }

  /** Runs a sweep to its end, from what its journal says. */
  private Sweep run(SweepSpec spec, TrialRunner trials, String name, int lanes) throws Exception {
    java.nio.file.Files.createDirectories(folder.resolve(name));
    Journal journal =
        new Journal(files, files.resolve(folder.resolve(name + "/sweep.jsonl").toString()));
    if (journal.entries().isEmpty()) {
      Sweep.begin(journal, new Entry.Begun(1, "set", "00", "2026-01-01T00:00:00Z"));
    }
    Sweep sweep = new Sweep(spec, journal, trials, SILENT, lanes);
    sweep.search();
    sweep.repeat();
    sweep.test();
    return sweep;
  }

  /** What each trial came to. */
  private static List<String> outcome(Sweep sweep) {
    List<String> outcome = new ArrayList<>();
    for (Trial trial : sweep.standings().all()) {
      outcome.add(
          "%s %s %s %s %s"
              .formatted(
                  trial.ref().directory(),
                  trial.ref().point().values(),
                  trial.state(),
                  trial.reason(),
                  trial.epochs().stream().map(SweepResult.EpochResult::accuracy).toList()));
    }
    outcome.sort(String::compareTo);
    return outcome;
  }

  private static SweepSpec spec(Method method, Stopping stopping, int trials) {
    return spec(method, stopping, trials, 9);
  }

  private static SweepSpec spec(Method method, Stopping stopping, int trials, long epochs) {
    return new SweepSpec(
        "toy",
        Map.of("model", "mlp", "epochs", epochs),
        space(),
        method,
        stopping,
        new Budget(trials, Optional.empty()),
        new Objective(Objective.Measure.ACCURACY, 0),
        1,
        2,
        0.5);
  }

  private static Space space() {
    return new Space(
        List.of(
            new Setting("x", new Range.Continuous(0.1, 0.9, false), Optional.empty()),
            new Setting("n", new Range.Whole(1, 5, false), Optional.empty())));
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the other lane is waiting too");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As long as training an epoch may take. */
  private static void linger() {
    long until = System.nanoTime() + 20_000_000;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }
}
