package convoy.model.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** 32-bit floats as bytes, little-endian, and back. */
public final class FloatBytes {
  private FloatBytes() {}

  /**
   * Four bytes for each value.
   *
   * @throws ArithmeticException if that is more than an array can hold
   */
  public static byte[] of(float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes;
  }

  /** The values; bytes after the last whole one are left out. */
  public static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
