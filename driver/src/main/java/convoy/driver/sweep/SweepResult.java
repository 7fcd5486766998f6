package convoy.driver.sweep;

import java.util.List;
import java.util.Map;

/**
 * {@code sweep.json}: what a sweep found. The page and the tables are made of it.
 *
 * @param schema of this file, 1
 * @param created when the sweep began, ISO 8601 in UTC
 * @param spec the specification in force, in the form of its file
 * @param settings searched, in the order of the space
 * @param objective what was looked for
 * @param trials by number
 * @param finalists the best trial and the runner-up, or fewer where fewer finished
 * @param importance of each setting; empty where too few trials were scored
 * @param boundaries warnings that the best point lies at an end of a range
 * @param test what the best trial's network does on test images; null where nothing finished
 * @param command that trains the best trial's network again; null where nothing finished
 * @param cost where time went
 */
public record SweepResult(
    int schema,
    String created,
    Map<String, Object> spec,
    List<Searched> settings,
    Goal objective,
    List<TrialResult> trials,
    List<Finalist> finalists,
    Verdict verdict,
    List<Importance> importance,
    List<String> boundaries,
    TestResult test,
    String command,
    Cost cost) {

  /** The schema this program writes. */
  public static final int SCHEMA = 1;

  /**
   * A searched setting.
   *
   * @param kind {@code continuous}, {@code whole} or {@code choice}
   * @param low of a range; null of a choice
   * @param values of a choice; null of a range
   * @param when condition in words; null where there is none
   */
  public record Searched(
      String name,
      String kind,
      Double low,
      Double high,
      boolean log,
      List<Object> values,
      String when) {}

  /**
   * What was looked for.
   *
   * @param words for example {@code validation accuracy}
   * @param measure {@code accuracy} or {@code loss}
   * @param costWeight 0 where cost does not count
   */
  public record Goal(String words, String measure, double costWeight) {}

  /**
   * One trial.
   *
   * @param number from 1
   * @param directory of its run, relative to the sweep's
   * @param point values of searched settings
   * @param state {@code finished}, {@code stopped}, {@code paused}, {@code failed} or {@code
   *     unfinished}
   * @param reason why it was stopped or failed; null of the others
   * @param score after its last epoch, the higher the better; null without a whole epoch
   * @param accuracy on held-out images after its last epoch; null likewise
   * @param loss on held-out images after its last epoch; null likewise
   * @param epochs one by one
   * @param slotSeconds of task slots that it took
   * @param parameters of its network; 0 if it could not be built
   * @param multiplyAdds of one image; 0 likewise
   */
  public record TrialResult(
      int number,
      String directory,
      Map<String, Object> point,
      String state,
      String reason,
      Double score,
      Double accuracy,
      Double loss,
      List<EpochResult> epochs,
      double slotSeconds,
      long parameters,
      long multiplyAdds) {}

  /**
   * One epoch of a trial.
   *
   * @param epoch from 1
   * @param trainLoss on training images, as they were trained on
   * @param loss on held-out images
   * @param seconds of the epoch with its validation
   */
  public record EpochResult(
      int epoch,
      double trainLoss,
      double trainAccuracy,
      double loss,
      double accuracy,
      double seconds) {}

  /**
   * A trial trained again with other seeds.
   *
   * @param scores one a further seed that finished
   */
  public record Finalist(
      int number, double firstScore, List<Double> scores, double mean, double spread) {}

  /**
   * Whether the best trial beats the runner-up.
   *
   * @param beyondNoise whether {@code p} is below 0.05
   * @param p of Welch's t-test over further seeds, two-sided; null with fewer than two each
   * @param words for a person
   */
  public record Verdict(boolean beyondNoise, Double difference, Double p, String words) {}

  /**
   * How much of the scores' variance a setting explains by itself.
   *
   * @param share from 0 to 1
   */
  public record Importance(String name, double share) {}

  /** What the best trial's network does on the test images. */
  public record TestResult(double accuracy, double loss, long count, long correct) {}

  /**
   * Where time went.
   *
   * @param seconds from the first to the last decision of the search, without pauses of a dead
   *     driver
   * @param slots trials that could run at a time, times their workers
   * @param busy share of the slots' time in which a trial had them
   * @param finished slot seconds of trials that finished
   * @param stopped likewise of those stopped or paused
   * @param failed likewise of those that failed
   * @param repeats likewise of the finalists' further seeds
   */
  public record Cost(
      double seconds,
      int slots,
      double busy,
      double finished,
      double stopped,
      double failed,
      double repeats) {}
}
