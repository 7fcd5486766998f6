package convoy.driver.train;

import convoy.driver.slot.PartitionJob;
import convoy.model.engine.FloatBytes;
import convoy.model.engine.RunningStatistics;
import convoy.model.engine.TrainingState;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Forms the mean on the executors, for states so large that the driver should not hold all of them.
 *
 * <p>Every worker cuts its state into as many pieces as there are workers; the pieces of one place
 * meet on one executor and are averaged there, and the driver puts the means together: however many
 * workers there are, it gets one state, which it holds as bytes and as numbers for a moment, beside
 * the one before and its broadcast. Each number is summed in the order of the workers, as {@link
 * ParameterAverage} does, so that both ways give the same bytes.
 */
final class ExecutorAverage {
  private ExecutorAverage() {}

  /** What a round gave. */
  record Averaged(TrainingState state, List<WorkerResult> results) {}

  /**
   * Does a round's work and averages it.
   *
   * @param before the state that the round starts from
   */
  static <T> Averaged of(
      JavaRDD<T> shards,
      PartitionJob.Work<T, WorkerResult> work,
      TrainingState before,
      List<RunningStatistics> statistics) {
    int pieces = shards.getNumPartitions();
    Cuts cuts =
        Cuts.of(before.parameters().length, before.updaterState().length, pieces, statistics);
    JavaPairRDD<Integer, Piece> met =
        shards
            .mapPartitionsWithIndex(
                (worker, shard) -> cuts.pieces(worker, work.run(worker, shard)).iterator(), true)
            .mapToPair(piece -> new Tuple2<>(piece.place, piece))
            .partitionBy(new HashPartitioner(pieces));
    List<Mean> means = PartitionJob.run(met.values(), Mean.class, new MeanOfPieces(statistics));
    // Else the pieces of all rounds stay on the executors' disks until the driver's heap is full.
    met.rdd().cleanShuffleDependencies(false);
    List<WorkerResult> results = means.get(0).results;
    return new Averaged(cuts.state(before, means, results), results);
  }

  /** Where states are cut: {@code parameters} and updater state behind one another. */
  private record Cuts(int parameters, int updaterState, List<Integer> from)
      implements Serializable {

    static Cuts of(
        int parameters, int updaterState, int pieces, List<RunningStatistics> statistics) {
      long length = (long) parameters + updaterState;
      TreeSet<Integer> from = new TreeSet<>();
      for (int piece = 0; piece < pieces; piece++) {
        int cut = Math.toIntExact(length * piece / pieces);
        for (RunningStatistics layer : statistics) {
          // A channel's mean and spread are pooled together.
          cut = cut > layer.means() && cut < layer.end() ? layer.end() : cut;
        }
        from.add(cut);
      }
      return new Cuts(parameters, updaterState, List.copyOf(from));
    }

    List<Piece> pieces(int worker, WorkerResult result) {
      List<Piece> pieces = new ArrayList<>();
      for (int place = 0; place < from.size(); place++) {
        float[] values =
            result.images() == 0 ? new float[0] : slice(result.state(), from.get(place), to(place));
        WorkerResult summary = result.withoutState();
        pieces.add(new Piece(worker, place, from.get(place), summary, FloatBytes.of(values)));
      }
      return pieces;
    }

    TrainingState state(TrainingState before, List<Mean> means, List<WorkerResult> results) {
      float[] first = new float[parameters];
      float[] second = new float[updaterState];
      for (int place = 0; place < from.size(); place++) {
        FloatBuffer mean =
            ByteBuffer.wrap(means.get(place).values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        int begin = from.get(place);
        int inFirst = Math.max(0, Math.min(begin + mean.remaining(), parameters) - begin);
        mean.get(first, Math.min(begin, parameters), inFirst);
        mean.get(second, Math.max(0, begin - parameters), mean.remaining());
      }
      int iteration = before.iteration() + ParameterAverage.steps(results);
      return new TrainingState(first, second, iteration, before.epoch());
    }

    private int to(int place) {
      return place + 1 < from.size() ? from.get(place + 1) : parameters + updaterState;
    }

    private float[] slice(TrainingState state, int begin, int end) {
      float[] slice = new float[end - begin];
      int inParameters = Math.max(0, Math.min(end, parameters) - begin);
      System.arraycopy(state.parameters(), Math.min(begin, parameters), slice, 0, inParameters);
      System.arraycopy(
          state.updaterState(),
          Math.max(0, begin - parameters),
          slice,
          inParameters,
          slice.length - inParameters);
      return slice;
    }
  }

  /** A part of a worker's state on its way to the others of its place. */
  private static final class Piece implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int worker;
    private final int place;
    private final int from;
    private final WorkerResult summary;
    private final byte[] values;

    Piece(int worker, int place, int from, WorkerResult summary, byte[] values) {
      this.worker = worker;
      this.place = place;
      this.from = from;
      this.summary = summary;
      this.values = values;
    }
  }

  /** The mean of a place, and what the workers said of their work. */
  private static final class Mean implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] values;
    private final ArrayList<WorkerResult> results;

    Mean(float[] values, List<WorkerResult> results) {
      this.values = FloatBytes.of(values);
      this.results = new ArrayList<>(results);
    }
  }

  private record MeanOfPieces(List<RunningStatistics> statistics)
      implements PartitionJob.Work<Piece, Mean> {
    @Override
    public Mean run(int place, Iterator<Piece> contents) {
      List<Piece> pieces = new ArrayList<>();
      contents.forEachRemaining(pieces::add);
      pieces.sort(Comparator.comparingInt(piece -> piece.worker));
      List<WorkerResult> results = pieces.stream().map(piece -> piece.summary).toList();
      List<Piece> active = pieces.stream().filter(piece -> piece.summary.images() > 0).toList();
      // One of them tells the driver.
      List<WorkerResult> told = place == 0 ? results : List.of();
      if (active.isEmpty()) {
        return new Mean(new float[0], told);
      }
      double[] weights = active.stream().mapToDouble(piece -> piece.summary.images()).toArray();
      float[][] vectors =
          active.stream().map(piece -> FloatBytes.floats(piece.values)).toArray(float[][]::new);
      int from = active.get(0).from;
      int to = from + vectors[0].length;
      List<RunningStatistics> inside =
          statistics.stream()
              .filter(layer -> layer.means() >= from && layer.end() <= to)
              .map(layer -> layer.from(from))
              .toList();
      int steps = ParameterAverage.steps(results);
      return new Mean(ParameterAverage.mean(weights, vectors, inside, steps), told);
    }
  }
}
