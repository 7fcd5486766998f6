package convoy.driver.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One element of a user's RDD, with one example or several, as it lies in an executor's memory.
 *
 * <p>A plain class over primitive arrays: ND4J's own arrays are written value by value.
 */
final class PackedExamples implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Packed[] features;
  private final Packed[] labels;
  private final Packed[] featureMasks;
  private final Packed[] labelMasks;

  private PackedExamples(
      Packed[] features, Packed[] labels, Packed[] featureMasks, Packed[] labelMasks) {
    this.features = features;
    this.labels = labels;
    this.featureMasks = featureMasks;
    this.labelMasks = labelMasks;
  }

  static PackedExamples of(MultiDataSet examples) {
    return new PackedExamples(
        packed(examples.getFeatures()),
        packed(examples.getLabels()),
        packed(examples.getFeaturesMaskArrays()),
        packed(examples.getLabelsMaskArrays()));
  }

  /** Number of examples. */
  int size() {
    return (int) features[0].shape[0];
  }

  /** One example, as a set of its own. */
  MultiDataSet example(int index) {
    return new org.nd4j.linalg.dataset.MultiDataSet(
        rows(features, index),
        rows(labels, index),
        rows(featureMasks, index),
        rows(labelMasks, index));
  }

  /** Null where there are none. */
  private static Packed[] packed(INDArray[] arrays) {
    return arrays == null
        ? null
        : Arrays.stream(arrays).map(a -> a == null ? null : new Packed(a)).toArray(Packed[]::new);
  }

  private static INDArray[] rows(Packed[] arrays, int index) {
    return arrays == null
        ? null
        : Arrays.stream(arrays).map(a -> a == null ? null : a.row(index)).toArray(INDArray[]::new);
  }

  /** Examples of one worker, in one list. */
  static final class Shard {
    private final List<PackedExamples> elements = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();

    static Shard of(Iterator<PackedExamples> elements) {
      Shard shard = new Shard();
      elements.forEachRemaining(shard::add);
      return shard;
    }

    private void add(PackedExamples examples) {
      IntStream.range(0, examples.size())
          .forEach(
              row -> {
                elements.add(examples);
                rows.add(row);
              });
    }

    int size() {
      return rows.size();
    }

    /** Some examples as one minibatch; sequences of unequal length are padded and masked. */
    MultiDataSet minibatch(int[] examples, int from, int to) {
      return org.nd4j.linalg.dataset.MultiDataSet.merge(
          IntStream.range(from, to)
              .mapToObj(i -> elements.get(examples[i]).example(rows.get(examples[i])))
              .toList());
    }
  }

  private static final class Packed implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] shape;
    private final float[] values;

    Packed(INDArray array) {
      shape = array.shape();
      values = array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }

    INDArray row(int index) {
      long[] rowShape = shape.clone();
      rowShape[0] = 1;
      int length = values.length / Math.toIntExact(shape[0]);
      float[] row = Arrays.copyOfRange(values, index * length, (index + 1) * length);
      return Nd4j.createFromArray(row).reshape(rowShape);
    }
  }
}
