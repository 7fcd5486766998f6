package convoy.model.engine;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where one layer of batch normalisation keeps what it has seen among the parameters: a mean and a
 * spread for each channel, which no optimizer steps and which cannot be averaged like weights.
 *
 * @param means index of the first channel's mean
 * @param spreads index of the first channel's variance, or logarithm of its deviation
 * @param channels of each
 * @param logarithmic whether spreads are base-10 logarithms of standard deviations, as DL4J's
 *     default is
 * @param decay what is left of them after a minibatch; 0 where they are of the last one alone
 */
public record RunningStatistics(
    int means, int spreads, int channels, boolean logarithmic, double decay)
    implements Serializable {
  /** A channel that never changes would have a logarithm of minus infinity. */
  private static final double LEAST_VARIANCE = Float.MIN_NORMAL;

  /** Those of a network's layers or vertices, which come in the order of its parameters. */
  static List<RunningStatistics> of(List<? extends Trainable> holders) {
    List<RunningStatistics> found = new ArrayList<>();
    int from = 0;
    for (Trainable holder : holders) {
      Trainable layer = holder instanceof LayerVertex vertex ? vertex.getLayer() : holder;
      for (Map.Entry<String, INDArray> parameter : holder.paramTable(false).entrySet()) {
        int length = Math.toIntExact(parameter.getValue().length());
        String key = parameter.getKey();
        if (layer instanceof BatchNormalization normalization
            && (key.equals(BatchNormalizationParamInitializer.GLOBAL_VAR)
                || key.equals(BatchNormalizationParamInitializer.GLOBAL_LOG_STD))) {
          // The means lie before them.
          found.add(
              new RunningStatistics(
                  from - length,
                  from,
                  length,
                  normalization.layerConf().isUseLogStd(),
                  normalization.layerConf().getDecay()));
        }
        from += length;
      }
    }
    return found;
  }

  /**
   * The same layers' places in a vector of statistics alone, as {@link LocalTrainer#statistics}
   * returns it: means, then variances, layer after layer.
   */
  public static List<RunningStatistics> compact(List<RunningStatistics> layers) {
    List<RunningStatistics> places = new ArrayList<>();
    int from = 0;
    for (RunningStatistics layer : layers) {
      places.add(new RunningStatistics(from, from + layer.channels, layer.channels, false, 0));
      from += 2 * layer.channels;
    }
    return places;
  }

  /** Takes over what lies at {@code place} of a vector of statistics alone. */
  public void take(float[] statistics, RunningStatistics place, float[] parameters) {
    for (int c = 0; c < channels; c++) {
      parameters[means + c] = statistics[place.means + c];
      set(c, statistics[place.spreads + c], parameters);
    }
  }

  /** The index after the last. */
  public int end() {
    return Math.max(means, spreads) + channels;
  }

  /** The same in a part of the parameters that begins at {@code from}. */
  public RunningStatistics from(int from) {
    return new RunningStatistics(means - from, spreads - from, channels, logarithmic, decay);
  }

  /**
   * Sets mean and spread of each channel to those of the pooled data: what several networks have
   * seen, each {@code weights[w]} of it. Its variance is the mean of the variances and the variance
   * of the means.
   *
   * <p>Networks that started from one running mean and have seen {@code minibatches} since are only
   * {@code 1 - decay^minibatches} of the way to the mean of their own data, so that these lie as
   * much further apart. After one minibatch the outcome is what one network would have that saw all
   * of it as one minibatch.
   *
   * @param parameters of each network
   */
  public void pool(double[] weights, float[][] parameters, int minibatches, float[] pooled) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    // Of a decay of 1 nothing ever moves.
    double way = decay == 1 ? 1 : 1 - Math.pow(decay, minibatches);
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int w = 0; w < weights.length; w++) {
        mean += weights[w] * parameters[w][means + c];
      }
      mean /= total;
      double variance = 0;
      for (int w = 0; w < weights.length; w++) {
        double apart = parameters[w][means + c] - mean;
        variance += weights[w] * (variance(parameters[w][spreads + c]) + apart * apart / way);
      }
      pooled[means + c] = (float) mean;
      set(c, variance / total, pooled);
    }
  }

  private void set(int channel, double variance, float[] parameters) {
    double least = Math.max(variance, LEAST_VARIANCE);
    parameters[spreads + channel] = (float) (logarithmic ? Math.log10(least) / 2 : variance);
  }

  private double variance(float stored) {
    return logarithmic ? Math.pow(10, 2.0 * stored) : stored;
  }
}
