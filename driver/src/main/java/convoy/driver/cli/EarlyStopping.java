package convoy.driver.cli;

import java.util.Locale;
import java.util.Map;

/**
 * When training ends before its time, judged by held-out images.
 *
 * @param measure what tells good epochs from bad ones
 * @param patience epochs to wait for a better one, at least 1
 */
record EarlyStopping(Measure measure, int patience) {
  /** By the names of the options. */
  void putInto(Map<String, Object> map) {
    map.put("early-stopping", Values.name(measure));
    map.put("patience", patience);
  }

  String described() {
    return "by validation %s, patience %d epochs".formatted(Values.name(measure), patience);
  }

  /** What of an epoch's validation counts. */
  enum Measure {
    LOSS,
    ACCURACY;

    private boolean better(EpochMetrics now, EpochMetrics before) {
      return switch (this) {
        case LOSS -> now.validationLoss() < before.validationLoss();
        case ACCURACY -> now.validationAccuracy() > before.validationAccuracy();
      };
    }
  }

  /** The epochs of one run so far. */
  static final class Watch {
    private final EarlyStopping stopping;
    private EpochMetrics best;
    private int last;

    Watch(EarlyStopping stopping) {
      this.stopping = stopping;
    }

    /** Notes the next epoch, and returns whether it is the best so far. */
    boolean note(EpochMetrics epoch) {
      last = epoch.epoch();
      if (best == null || stopping.measure.better(epoch, best)) {
        best = epoch;
        return true;
      }
      return false;
    }

    boolean hasEnough() {
      return best != null && last - best.epoch() >= stopping.patience;
    }

    String described() {
      return String.format(
          Locale.ROOT,
          "best epoch %d of %d, valid acc %.4f, kept in best.zip",
          best.epoch(),
          last,
          best.validationAccuracy());
    }
  }
}
