package convoy.model.engine;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies between the heap and arrays that begin at their buffer's first value and lie there without
 * gaps, in bulk.
 *
 * <p>ND4J's own ways copy value by value or by way of a second array. The location calls do nothing
 * on a CPU; on a GPU they say which side has the newer values.
 */
final class OffHeap {
  private OffHeap() {}

  /**
   * An array of our own, of zeros, outside every workspace, so that it outlives the step.
   *
   * @param order 'c' for rows one after another, 'f' for columns
   */
  @SuppressWarnings("try") // Open for its effect alone.
  static INDArray create(char order, long... shape) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return Nd4j.create(shape, order);
    }
  }

  /**
   * Refuses values for a vector of another length.
   *
   * @param expected null stands for an empty vector
   */
  static void requireLength(String what, INDArray expected, float[] values) {
    long length = expected == null ? 0 : expected.length();
    if (values.length != length) {
      throw new IllegalArgumentException(
          "%s: this network has %d values, got %d".formatted(what, length, values.length));
    }
  }

  /** Copies the first {@code to.length()} values in. */
  static void write(float[] from, INDArray to) {
    write(from, 0, to);
  }

  /** Copies {@code to.length()} values in, from the one at {@code first} on. */
  static void write(float[] from, int first, INDArray to) {
    floats(to).put(from, first, Math.toIntExact(to.length()));
    Nd4j.getAffinityManager().tagLocation(to, Location.HOST);
  }

  /** Copies all values out. */
  static float[] read(INDArray from) {
    float[] values = new float[Math.toIntExact(from.length())];
    Nd4j.getAffinityManager().ensureLocation(from, Location.HOST);
    floats(from).get(values);
    return values;
  }

  /** Copies all values into {@code to}, from the one at {@code first} on. */
  static void read(INDArray from, float[] to, int first) {
    Nd4j.getAffinityManager().ensureLocation(from, Location.HOST);
    floats(from).get(to, first, Math.toIntExact(from.length()));
  }

  /** Whether an array is one of floats that begin at its buffer's first and have no gaps. */
  static boolean liesDensely(INDArray array) {
    return array.dataType() == DataType.FLOAT
        && array.offset() == 0
        && array.data().length() == array.length()
        && Arrays.equals(array.stride(), Nd4j.getStrides(array.shape(), array.ordering()));
  }

  /** Whether it does so in C order. */
  static boolean liesInRows(INDArray array) {
    return array.ordering() == 'c' && liesDensely(array);
  }

  /** The values of an array that lies densely, in its order, as the bits of each float. */
  static IntBuffer bits(INDArray array) {
    return array.data().asNio().asIntBuffer();
  }

  /** The values of an array that lies densely, in its order. */
  static FloatBuffer floats(INDArray array) {
    return array.data().asNioFloat();
  }
}
