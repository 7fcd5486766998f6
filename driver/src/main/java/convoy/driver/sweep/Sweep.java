package convoy.driver.sweep;

import convoy.driver.sweep.Entry.Event;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.TrialRunner.TrialFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Runs a sweep: as many lanes as trials can run at a time, each of which takes the next trial as
 * soon as it has none. Nothing waits for anything but a free lane.
 *
 * <p>All that is decided goes through {@link #write}: into the journal first, then into the
 * standings, so that a sweep that is resumed stands where the journal says.
 */
public final class Sweep {
  /** Trials that begin before failures are judged by their share. */
  private static final int JUDGED = 5;

  private static final String TIME = "the time was up";

  private final SweepSpec spec;
  private final Proposals proposals;
  private final StoppingRule rule;
  private final Journal journal;
  private final Standings standings;
  private final TrialRunner runner;
  private final SweepListener listener;
  private final int lanes;
  private final int most;
  private final Deque<Trial> interrupted = new ArrayDeque<>();
  private final long startNanos = System.nanoTime();
  private double secondsBefore;
  private Lanes<Trial> busy;

  /**
   * Goes on from what the journal says.
   *
   * @param lanes trials that run at a time
   */
  public Sweep(
      SweepSpec spec, Journal journal, TrialRunner runner, SweepListener listener, int lanes)
      throws IOException {
    this.spec = spec;
    this.journal = journal;
    this.runner = runner;
    this.listener = listener;
    this.lanes = lanes;
    most = spec.mostTrials();
    proposals = new Proposals(spec, ref -> runner.cost(ref).multiplyAdds());
    rule = StoppingRule.of(spec);
    standings = new Standings(spec.space());
    journal.entries().forEach(standings::apply);
    secondsBefore = standings.seconds();
  }

  /** How it stands. */
  public Standings standings() {
    return standings;
  }

  /** Writes the first line of a journal. */
  public static void begin(Journal journal, Entry.Begun begun) throws IOException {
    journal.add(Entry.begun(begun));
  }

  /** Runs trials until the budget is used up or there are no more points. */
  public void search() throws IOException, InterruptedException {
    if (standings.isSearched()) {
      return;
    }
    takeUp(standings.searchedTrials());
    inLanes(this::nextSearched, rule);
    stopPaused();
    if (finalists().isEmpty()) {
      throw tooManyFailures(standings.searchedTrials().size());
    }
  }

  private synchronized void stopPaused() throws IOException {
    for (Trial trial : standings.searchedTrials()) {
      if (trial.state() == Trial.State.PAUSED) {
        TrialRunner.Run run = runner.open(trial.ref());
        catchUp(trial, run);
        run.end(false);
        String reason = timeIsUp() ? TIME : "not among the best after " + epochs(trial);
        write(Entry.became(Event.STOPPED, seconds(), trial.ref(), reason));
      }
    }
    write(Entry.searched(seconds()));
  }

  /** Trains the best two again by further seeds. */
  public void repeat() throws IOException, InterruptedException {
    takeUp(standings.repeats());
    Deque<Trial.Ref> missing = new ArrayDeque<>();
    for (Trial finalist : finalists()) {
      for (int i = 1; i <= spec.repeats(); i++) {
        Trial.Ref ref = finalist.ref().repeated(spec.seed() + i);
        if (!standings.has(ref)) {
          missing.add(ref);
        }
      }
    }
    inLanes(
        () ->
            Optional.ofNullable(interrupted.poll())
                .or(() -> Optional.ofNullable(missing.poll()).map(this::proposed)),
        new StoppingRule.Never());
  }

  /** Evaluates the best trial's network on the test images, once, and tidies up. */
  public void test() throws IOException {
    List<Trial> best = finalists();
    if (standings.test() == null && !best.isEmpty()) {
      Trial.Ref ref = best.get(0).ref();
      SweepResult.TestResult test = runner.test(ref);
      synchronized (this) {
        write(Entry.tested(seconds(), ref, test));
      }
    }
    for (Trial trial : standings.all()) {
      runner.tidy(trial.ref());
    }
  }

  /** The best trial and the runner-up, as far as there are any. */
  public List<Trial> finalists() {
    return standings.ranked(spec.objective()).stream().limit(2).toList();
  }

  /** Those that were running when the driver died. */
  private void takeUp(Collection<Trial> trials) {
    interrupted.clear();
    trials.stream().filter(trial -> trial.state() == Trial.State.RUNNING).forEach(interrupted::add);
  }

  /** One that goes on, or a new one; called by a lane that holds the lock. */
  private Optional<Trial> nextSearched() {
    if (!interrupted.isEmpty()) {
      return Optional.of(interrupted.poll());
    }
    if (timeIsUp()) {
      return Optional.empty();
    }
    List<Trial> trials = standings.searchedTrials();
    Optional<Trial> promoted = rule.promoted(trials, false);
    if (promoted.isEmpty()) {
      Optional<Trial> fresh = proposals.next(trials).map(this::proposed);
      if (fresh.isPresent()) {
        return fresh;
      }
      promoted = rule.promoted(trials, true);
    }
    promoted.ifPresent(trial -> write(Entry.became(Event.PROMOTED, seconds(), trial.ref(), null)));
    return promoted;
  }

  private Trial proposed(Trial.Ref ref) {
    write(Entry.proposed(seconds(), ref, runner.cost(ref)));
    return standings.of(ref);
  }

  private void inLanes(Supplier<Optional<Trial>> next, StoppingRule stopping)
      throws IOException, InterruptedException {
    Lanes.Work<Trial> work =
        new Lanes.Work<>() {
          @Override
          public Optional<Trial> next() {
            Optional<Trial> trial = next.get();
            if (trial.isPresent()) {
              listener.changed(progress());
            }
            return trial;
          }

          @Override
          public void run(Trial trial) throws IOException {
            try {
              Sweep.this.run(trial, stopping);
            } catch (TrialFailedException e) {
              failed(trial, e.getMessage());
            }
          }
        };
    busy = new Lanes<>(lanes, this, work);
    busy.run();
  }

  /** Trains a trial until it ends or pauses. */
  private void run(Trial trial, StoppingRule stopping) throws IOException {
    TrialRunner.Run run = runner.open(trial.ref());
    // What a dead driver had done without writing it down.
    for (EpochResult epoch : run.done()) {
      note(trial, epoch);
    }
    catchUp(trial, run);
    Optional<Ending> ending = ending(trial, stopping);
    while (ending.isEmpty()) {
      note(trial, run.next());
      ending = ending(trial, stopping);
    }
    Ending end = ending.get();
    boolean over = end.event != Event.PAUSED;
    if (over) {
      run.end(end.event == Event.FINISHED);
    }
    left(trial, end);
    if (over) {
      runner.tidy(trial.ref());
    }
  }

  /** Does again what the journal says was done, where checkpoints of it were lost. */
  private static void catchUp(Trial trial, TrialRunner.Run run) throws IOException {
    for (int epoch = run.done().size(); epoch < trial.epochs().size(); epoch++) {
      run.next();
    }
  }

  /** How a trial leaves its lane: finished, stopped or paused. */
  private record Ending(Event event, String reason) {}

  /** Whether it leaves it now. */
  private synchronized Optional<Ending> ending(Trial trial, StoppingRule stopping) {
    if (trial.epochs().size() >= spec.epochs()) {
      return Optional.of(new Ending(Event.FINISHED, null));
    }
    if (!trial.isToBeJudged()) {
      return Optional.empty();
    }
    return switch (stopping.after(trial, standings.searchedTrials())) {
      case PAUSE -> Optional.of(new Ending(Event.PAUSED, null));
      case STOP -> Optional.of(stop("below the median after " + epochs(trial)));
      case GO_ON -> trial.isSearched() && timeIsUp() ? Optional.of(stop(TIME)) : Optional.empty();
    };
  }

  private static Ending stop(String reason) {
    return new Ending(Event.STOPPED, reason);
  }

  private synchronized void left(Trial trial, Ending end) {
    write(Entry.became(end.event, seconds(), trial.ref(), end.reason));
    listener.left(trial);
    listener.changed(progress());
  }

  private synchronized void note(Trial trial, EpochResult epoch) {
    if (busy.isEnding()) {
      throw new CancellationException("the sweep is ending");
    }
    if (epoch.epoch() > trial.epochs().size()) {
      write(Entry.epoch(seconds(), trial.ref(), epoch));
      listener.changed(progress());
    }
  }

  private synchronized void failed(Trial trial, String reason) {
    if (busy.isEnding()) {
      // Perhaps only because the others were interrupted.
      throw new CancellationException("the sweep is ending");
    }
    left(trial, new Ending(Event.FAILED, reason));
    // Of all that have begun: failures are quick, and would else outrun those that do well.
    int begun = standings.searchedTrials().size();
    if (begun >= JUDGED && failures() > spec.mostFailures() * begun) {
      throw tooManyFailures(begun);
    }
  }

  private TooManyFailuresException tooManyFailures(int begun) {
    return new TooManyFailuresException(failures(), begun, spec.mostFailures());
  }

  private int failures() {
    return (int)
        standings.searchedTrials().stream()
            .filter(trial -> trial.state() == Trial.State.FAILED)
            .count();
  }

  private synchronized void write(Entry entry) {
    try {
      journal.add(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    standings.apply(entry);
  }

  private boolean timeIsUp() {
    return spec.budget().time().filter(most -> seconds() >= most.toMillis() / 1e3).isPresent();
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - startNanos) / 1e9;
  }

  private static String epochs(Trial trial) {
    int epochs = trial.epochs().size();
    return epochs == 1 ? "1 epoch" : epochs + " epochs";
  }

  private SweepListener.Progress progress() {
    return SweepListener.Progress.of(spec, most, standings, rule, lanes, seconds());
  }
}
