package convoy.driver.train;

import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the driver carries from round to round beside the state that workers train on.
 *
 * <p>Owns its arrays, which are handed out without a copy; whoever reads them must not write to
 * them.
 */
public final class OuterState implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Values that one thread checks at a time. */
  private static final int CHUNK = 1 << 16;

  private final float[] velocity;
  private final float[] movingAverage;

  /**
   * Takes ownership of both arrays.
   *
   * @param velocity of the outer optimizer, like the parameters; empty where it has none
   * @param movingAverage of the parameters; empty where there is none
   */
  public OuterState(float[] velocity, float[] movingAverage) {
    this.velocity = velocity;
    this.movingAverage = movingAverage;
  }

  /** Before the first round. */
  static OuterState start(Averaging averaging, float[] parameters) {
    return new OuterState(
        new float[averaging.hasOuterStep() ? parameters.length : 0],
        averaging.movingAverage() > 0 ? parameters : new float[0]);
  }

  /** Of the outer optimizer; empty where it has none. Not a copy. */
  public float[] velocity() {
    return velocity;
  }

  /** Of the parameters; empty where there is none. Not a copy. */
  public float[] movingAverage() {
    return movingAverage;
  }

  /** What is evaluated and saved in place of the state that training goes on from. */
  TrainingState model(TrainingState state) {
    return movingAverage.length == 0 ? state : state.withParameters(movingAverage);
  }

  /**
   * Takes the outer step from {@code before} along {@code mean}, the mean of a round's results.
   *
   * <p>Nesterov's momentum as Douillard et al. have it, "DiLoCo" (2023), algorithm 1. Statistics of
   * batch normalisation are taken as they are: they are measured, not learned.
   */
  After step(
      Averaging averaging,
      TrainingState before,
      TrainingState mean,
      List<RunningStatistics> statistics) {
    TrainingState kept =
        averaging.updaterState() == Averaging.UpdaterState.RESET
            ? mean.withUpdaterState(new float[mean.updaterState().length])
            : mean;
    if (!averaging.hasOuterStep()) {
      return new After(kept, averaged(averaging, before, kept, velocity, statistics));
    }
    float[] from = before.parameters();
    float[] to = mean.parameters();
    float[] moved = new float[from.length];
    float[] faster = new float[from.length];
    double rate = averaging.outerLearningRate();
    double momentum = averaging.outerMomentum();
    for (int i = 0; i < from.length; i++) {
      double way = (double) from[i] - to[i];
      faster[i] = (float) (momentum * velocity[i] + way);
      moved[i] = (float) (from[i] - rate * (way + momentum * faster[i]));
    }
    for (RunningStatistics layer : statistics) {
      for (int first : new int[] {layer.means(), layer.spreads()}) {
        System.arraycopy(to, first, moved, first, layer.channels());
      }
    }
    TrainingState state = kept.withParameters(moved);
    return new After(state, averaged(averaging, before, state, faster, statistics));
  }

  /**
   * Warms up as TensorFlow's ExponentialMovingAverage does, so that the start is soon forgotten.
   */
  private OuterState averaged(
      Averaging averaging,
      TrainingState before,
      TrainingState after,
      float[] newVelocity,
      List<RunningStatistics> statistics) {
    if (averaging.movingAverage() == 0) {
      return new OuterState(newVelocity, movingAverage);
    }
    double steps = after.iteration();
    double decay = Math.min(averaging.movingAverage(), (1 + steps) / (10 + steps));
    double kept = Math.pow(decay, after.iteration() - before.iteration());
    // A copy, because the mean uses up what it is given, and the one before is in checkpoints.
    float[] average =
        ParameterAverage.mean(
            new double[] {kept, 1 - kept},
            new float[][] {movingAverage.clone(), after.parameters()},
            statistics,
            Integer.MAX_VALUE);
    return new OuterState(newVelocity, average);
  }

  /** Both states after a step. */
  record After(TrainingState state, OuterState outer) {
    /** Whether all that goes on into the next round are numbers. */
    boolean isFinite() {
      return isFinite(state.parameters())
          && isFinite(state.updaterState())
          && isFinite(outer.velocity)
          && isFinite(outer.movingAverage);
    }

    private static boolean isFinite(float[] values) {
      return IntStream.range(0, (values.length + CHUNK - 1) / CHUNK)
          .parallel()
          .allMatch(
              chunk ->
                  isFinite(values, chunk * CHUNK, Math.min(values.length, (chunk + 1) * CHUNK)));
    }

    private static boolean isFinite(float[] values, int from, int to) {
      int different = 0;
      for (int i = from; i < to; i++) {
        // 0 or -0 of every number, NaN of all else; without a branch.
        different |= Float.floatToRawIntBits(values[i] * 0) << 1;
      }
      return different == 0;
    }
  }
}
