package convoy.driver.evaluate;

import convoy.data.ImageShape;
import convoy.data.augment.Perturbation;
import convoy.data.augment.Perturber;
import convoy.driver.dataset.ImageBlock;
import convoy.driver.slot.ComputeSlots;
import convoy.driver.slot.PartitionJob;
import convoy.model.engine.Engine;
import convoy.model.engine.LocalScorer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The accuracy on perturbed images.
 *
 * @param kind of perturbation, in small letters
 * @param strength 1 to 5
 */
public record Robustness(String kind, int strength, double accuracy, long correct, long count) {
  private static final List<Perturbation> PERTURBATIONS = perturbations();

  /**
   * Scores all batches once for each kind and strength, in one job.
   *
   * @param owner tells this network from others alive in the same executors
   */
  public static List<Robustness> of(
      JavaSparkContext spark,
      String owner,
      Engine engine,
      float[] parameters,
      ImageShape shape,
      JavaRDD<ImageBlock> batches) {
    long[] correct = new long[PERTURBATIONS.size()];
    long[] count = new long[PERTURBATIONS.size()];
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    try {
      PartitionJob.each(
          batches,
          Part.class,
          new PartitionScoring(owner, engine, shape, broadcast),
          part -> {
            for (int p = 0; p < correct.length; p++) {
              correct[p] += part.correct[p];
              count[p] += part.count;
            }
          });
    } finally {
      broadcast.destroy();
    }
    List<Robustness> all = new ArrayList<>();
    for (int p = 0; p < correct.length; p++) {
      all.add(
          new Robustness(
              PERTURBATIONS.get(p).kind().name().toLowerCase(Locale.ROOT),
              PERTURBATIONS.get(p).strength(),
              (double) correct[p] / count[p],
              correct[p],
              count[p]));
    }
    return all;
  }

  private static List<Perturbation> perturbations() {
    List<Perturbation> all = new ArrayList<>();
    for (Perturbation.Kind kind : Perturbation.Kind.values()) {
      for (int strength = 1; strength <= Perturbation.STRENGTHS; strength++) {
        all.add(new Perturbation(kind, strength));
      }
    }
    return List.copyOf(all);
  }

  /** What some batches gave. */
  private static final class Part implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] correct = new long[PERTURBATIONS.size()];
    private long count;

    void add(int perturbation, ImageBlock batch, float[] probabilities) {
      int classes = probabilities.length / batch.size();
      for (int i = 0; i < batch.size(); i++) {
        if (Counts.mostProbable(probabilities, i * classes, classes) == batch.label(i)) {
          correct[perturbation]++;
        }
      }
    }
  }

  /** A partition's part, on an executor. */
  private record PartitionScoring(
      String owner, Engine engine, ImageShape shape, Broadcast<float[]> parameters)
      implements PartitionJob.Work<ImageBlock, Part> {
    @Override
    public Part run(int partition, Iterator<ImageBlock> batches) {
      if (!batches.hasNext()) {
        return new Part();
      }
      return ComputeSlots.here()
          .call(
              new ComputeSlots.Key("scorer", owner),
              engine::scorer,
              scorer -> score(scorer, batches));
    }

    private Part score(LocalScorer network, Iterator<ImageBlock> batches) {
      network.load(parameters.value());
      BatchScorer scorer = new BatchScorer(network, shape);
      Perturber perturber = new Perturber(shape);
      Part part = new Part();
      while (batches.hasNext()) {
        ImageBlock batch = batches.next();
        part.count += batch.size();
        for (int p = 0; p < PERTURBATIONS.size(); p++) {
          Perturbation how = PERTURBATIONS.get(p);
          float[] probabilities =
              scorer.score(
                  batch,
                  (pixels, from, id, images, to) ->
                      perturber.write(how, pixels, from, id, images, to));
          part.add(p, batch, probabilities);
        }
      }
      return part;
    }
  }
}
