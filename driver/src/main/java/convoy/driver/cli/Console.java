package convoy.driver.cli;

import convoy.data.source.TransferProgress;
import convoy.driver.train.TrainingListener.EpochSummary;
import convoy.driver.train.TrainingListener.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the person at the keyboard sees. On a terminal the last line moves; elsewhere every line is
 * whole and stays. Safe for use by several threads.
 */
final class Console implements TransferProgress {
  private static final int BAR = 30;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private boolean open;
  private long drawn;
  private String transferred = "";

  Console(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** On standard output. */
  @SuppressWarnings("SystemConsoleNull") // Java 17, where null means that it is not a terminal.
  static Console standard() {
    return new Console(System.out, System.console() != null);
  }

  /** One line that stays. */
  synchronized void line(String format, Object... values) {
    clear();
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }

  /** The settings in force, one a line; those that are not the default are marked. */
  void settings(List<Setting> settings) {
    int width = settings.stream().mapToInt(s -> s.name().length()).max().orElse(0);
    for (Setting setting : settings) {
      line(
          "%s %-" + width + "s  %s%s",
          setting.marked() ? "*" : " ",
          setting.name(),
          setting.value(),
          setting.marked() ? "  (default " + setting.standard() + ")" : "");
    }
    line("");
  }

  /** The head of the epochs' table. */
  void epochHeader() {
    line("epoch      loss  train acc  valid acc   images/s    seconds");
  }

  /** One epoch. */
  void epoch(EpochSummary epoch, Optional<Double> validationAccuracy) {
    line(
        "%5d %9.4f %10.4f %10s %10.0f %10.1f",
        epoch.epoch(),
        epoch.loss(),
        epoch.accuracy(),
        validationAccuracy.map(a -> String.format(Locale.ROOT, "%.4f", a)).orElse("-"),
        epoch.imagesPerSecond(),
        epoch.seconds());
  }

  /** The bar within an epoch. */
  void progress(Progress progress) {
    double share = (double) progress.images() / progress.of();
    double left = (progress.of() - progress.images()) / progress.imagesPerSecond();
    moving(
        share,
        "%5d %s %3.0f %%  loss %.4f  %.0f images/s  %.0f s left",
        progress.epoch(),
        bar(share),
        100 * share,
        progress.loss(),
        progress.imagesPerSecond(),
        left);
  }

  /** The bar of a job whose parts are done one by one. */
  void parts(int done, int of, double seconds) {
    double share = Math.min(1, (double) done / of);
    moving(
        share,
        "%s %3.0f %%  %,d of %,d parts  %.0f s left",
        bar(share),
        100 * share,
        done,
        of,
        seconds / share * (1 - share));
  }

  /** A line that the next one replaces; nothing without a terminal. */
  void passing(String text) {
    moving(1, "%s", text);
  }

  @Override
  public void update(String file, long done, long total) {
    double share = total > 0 ? (double) done / total : 0;
    if (terminal) {
      moving(share, "fetching %s %s %.1f MB", file, bar(share), done / 1e6);
    } else if (done == total && !file.equals(transferred)) {
      transferred = file;
      line("fetched %s, %.1f MB", file, done / 1e6);
    }
  }

  private synchronized void moving(double share, String format, Object... values) {
    long now = System.nanoTime();
    if (!terminal || (open && share < 1 && now - drawn < REDRAW_NANOS)) {
      return;
    }
    clear();
    out.print(String.format(Locale.ROOT, format, values));
    out.flush();
    open = true;
    drawn = now;
  }

  private static String bar(double share) {
    int done = (int) Math.round(BAR * Math.min(1, share));
    return "[" + "#".repeat(done) + ".".repeat(BAR - done) + "]";
  }

  /** Erases the line that moves. */
  private void clear() {
    if (open) {
      out.print("\r\033[K");
      open = false;
    }
  }

  /**
   * One setting in force.
   *
   * @param standard the value it has by default
   */
  record Setting(String name, String value, String standard) {
    boolean marked() {
      return !value.equals(standard);
    }

    /** A setting without a default. */
    static Setting given(String name, Object value) {
      return new Setting(name, value.toString(), value.toString());
    }

    /** A setting with one. */
    static Setting of(String name, Object value, Object standard) {
      return new Setting(name, value.toString(), standard.toString());
    }
  }
}
