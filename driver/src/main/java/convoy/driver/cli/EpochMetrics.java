package convoy.driver.cli;

import convoy.driver.evaluate.Counts;
import convoy.driver.train.TrainingListener.EpochSummary;
import java.util.Optional;

/**
 * A line of {@code metrics.jsonl}.
 *
 * @param schema of this line, 1
 * @param validationLoss null without held-out images, as is {@code validationAccuracy}
 */
record EpochMetrics(
    int schema,
    int epoch,
    int round,
    int iteration,
    long images,
    double loss,
    double trainAccuracy,
    Double validationLoss,
    Double validationAccuracy,
    double imagesPerSecond,
    double seconds,
    double computeSeconds,
    double averagingSeconds,
    double waitingSeconds,
    double validationSeconds) {
  static EpochMetrics of(EpochSummary epoch, Optional<Counts> validation, double seconds) {
    return new EpochMetrics(
        1,
        epoch.epoch(),
        epoch.round(),
        epoch.iteration(),
        epoch.images(),
        epoch.loss(),
        epoch.accuracy(),
        validation.map(Counts::loss).orElse(null),
        validation.map(Counts::accuracy).orElse(null),
        epoch.imagesPerSecond(),
        epoch.seconds(),
        epoch.computeSeconds(),
        epoch.averagingSeconds(),
        epoch.waitingSeconds(),
        seconds);
  }
}
