package convoy.driver.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import convoy.driver.search.Space;
import convoy.driver.sweep.SweepResult.EpochResult;
import convoy.driver.sweep.SweepResult.TestResult;
import java.util.Map;

/**
 * A line of {@code sweep.jsonl}: something that was decided, or became known. What a kind of event
 * does not have is absent.
 *
 * @param seconds of the sweep so far, without times in which its driver was dead
 * @param trial directory of its run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Entry(
    Event event,
    double seconds,
    Begun begun,
    String trial,
    Proposal proposal,
    EpochResult epoch,
    String reason,
    TestResult test) {

  /** What happened. */
  public enum Event {
    /** The sweep began. */
    BEGUN,
    /** A trial was chosen and given a slot. */
    PROPOSED,
    /** A trial has done an epoch and its checkpoint is written. */
    EPOCH,
    /** A trial gave its slot away at a rung. */
    PAUSED,
    /** A paused trial may go on. */
    PROMOTED,
    FINISHED,
    STOPPED,
    FAILED,
    /** No further trial will be searched. */
    SEARCHED,
    /** The best trial's network was evaluated on the test images. */
    TESTED
  }

  /**
   * What a sweep goes on with.
   *
   * @param workers of each trial
   * @param data where the images are, or their name
   * @param checksum of the images
   * @param created when the sweep began, ISO 8601 in UTC
   */
  public record Begun(int workers, String data, String checksum, String created) {}

  /** A trial, and what its network takes. */
  record Proposal(
      int number, Map<String, Object> point, long seed, long parameters, long multiplyAdds) {}

  static Entry begun(Begun begun) {
    return new Entry(Event.BEGUN, 0, begun, null, null, null, null, null);
  }

  static Entry proposed(double seconds, Trial.Ref ref, Trial.Cost cost) {
    Proposal proposal =
        new Proposal(
            ref.number(), ref.point().values(), ref.seed(), cost.parameters(), cost.multiplyAdds());
    return new Entry(Event.PROPOSED, seconds, null, ref.directory(), proposal, null, null, null);
  }

  static Entry epoch(double seconds, Trial.Ref ref, EpochResult epoch) {
    return new Entry(Event.EPOCH, seconds, null, ref.directory(), null, epoch, null, null);
  }

  /** That a trial has become something. */
  static Entry became(Event event, double seconds, Trial.Ref ref, String reason) {
    return new Entry(event, seconds, null, ref.directory(), null, null, reason, null);
  }

  static Entry searched(double seconds) {
    return new Entry(Event.SEARCHED, seconds, null, null, null, null, null, null);
  }

  static Entry tested(double seconds, Trial.Ref ref, TestResult test) {
    return new Entry(Event.TESTED, seconds, null, ref.directory(), null, null, null, test);
  }

  /** The trial that was proposed. */
  Trial proposed(Space space) {
    return new Trial(
        new Trial.Ref(trial, proposal.number, space.ordered(proposal.point), proposal.seed),
        new Trial.Cost(proposal.parameters, proposal.multiplyAdds));
  }
}
