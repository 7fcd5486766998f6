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

  private final int size;

  /** Features, labels, and the masks of each; null where there are none of a kind. */
  private final Packed[][] parts;

  private PackedExamples(int size, Packed[][] parts) {
    this.size = size;
    this.parts = parts;
  }

  static PackedExamples of(MultiDataSet examples) {
    Packed[][] parts = {
      packed(examples.getFeatures()),
      packed(examples.getLabels()),
      packed(examples.getFeaturesMaskArrays()),
      packed(examples.getLabelsMaskArrays())
    };
    return new PackedExamples(Math.toIntExact(examples.getFeatures(0).size(0)), parts);
  }

  /** Number of examples. */
  int size() {
    return size;
  }

  private static Packed[] packed(INDArray[] arrays) {
    return arrays == null
        ? null
        : Arrays.stream(arrays).map(a -> a == null ? null : new Packed(a)).toArray(Packed[]::new);
  }

  /** Whether examples of both have the same shapes, so that they can lie in one array. */
  private boolean isLike(PackedExamples other) {
    for (int part = 0; part < parts.length; part++) {
      Packed[] ours = parts[part];
      Packed[] theirs = other.parts[part];
      if (ours == null || theirs == null) {
        if (ours != theirs) {
          return false;
        }
      } else if (ours.length != theirs.length
          || !IntStream.range(0, ours.length).allMatch(i -> Packed.alike(ours[i], theirs[i]))) {
        return false;
      }
    }
    return true;
  }

  /** Examples of one worker, in one list. */
  static final class Shard {
    private final List<PackedExamples> elements = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();

    static Shard of(Iterator<PackedExamples> elements) {
      Shard shard = new Shard();
      while (elements.hasNext()) {
        PackedExamples element = elements.next();
        for (int row = 0; row < element.size(); row++) {
          shard.elements.add(element);
          shard.rows.add(row);
        }
      }
      return shard;
    }

    int size() {
      return rows.size();
    }

    /** Some examples as one minibatch; sequences of unequal length are padded and masked. */
    MultiDataSet minibatch(int[] examples, int from, int to) {
      int[] chosen = Arrays.copyOfRange(examples, from, to);
      PackedExamples first = elements.get(chosen[0]);
      if (Arrays.stream(chosen).allMatch(i -> elements.get(i).isLike(first))) {
        return together(chosen);
      }
      return org.nd4j.linalg.dataset.MultiDataSet.merge(
          Arrays.stream(chosen).mapToObj(i -> together(new int[] {i})).toList());
    }

    /** Examples of the same shapes as one set. */
    private MultiDataSet together(int[] chosen) {
      return new org.nd4j.linalg.dataset.MultiDataSet(
          arrays(0, chosen), arrays(1, chosen), arrays(2, chosen), arrays(3, chosen));
    }

    private INDArray[] arrays(int part, int[] chosen) {
      Packed[] first = elements.get(chosen[0]).parts[part];
      if (first == null) {
        return null;
      }
      INDArray[] arrays = new INDArray[first.length];
      for (int a = 0; a < arrays.length; a++) {
        arrays[a] = first[a] == null ? null : array(part, a, chosen);
      }
      return arrays;
    }

    private INDArray array(int part, int index, int[] chosen) {
      Packed first = elements.get(chosen[0]).parts[part][index];
      float[] values = new float[Math.multiplyExact(chosen.length, first.rowLength())];
      for (int i = 0; i < chosen.length; i++) {
        Packed from = elements.get(chosen[i]).parts[part][index];
        from.copyRow(rows.get(chosen[i]), values, i * first.rowLength());
      }
      long[] shape = first.shape.clone();
      shape[0] = chosen.length;
      return Nd4j.createFromArray(values).reshape(shape);
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

    static boolean alike(Packed one, Packed other) {
      return (one == null || other == null)
          ? one == other
          : Arrays.equals(one.shape, 1, one.shape.length, other.shape, 1, other.shape.length);
    }

    int rowLength() {
      return values.length / Math.toIntExact(shape[0]);
    }

    void copyRow(int row, float[] to, int at) {
      System.arraycopy(values, row * rowLength(), to, at, rowLength());
    }
  }
}
