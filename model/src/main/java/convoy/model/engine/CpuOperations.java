package convoy.model.engine;

import java.lang.ref.Reference;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BroadcastOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.IndexAccumulation;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.TadPack;
import org.nd4j.linalg.api.shape.options.ArrayOptionsHelper;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/**
 * ND4J's operations on the CPU without three faults of ND4J 1.0.0-M2.1. ND4J makes one of these by
 * itself, named by the system property {@code opexec}.
 *
 * <p>It passes the address of a native buffer's descriptor and then forgets the array that it
 * belongs to. If the garbage collector runs just then, ND4J's own thread deletes the descriptor
 * while the operation reads it, which ends the process with SIGSEGV. Here arrays stay reachable
 * until native code has returned.
 *
 * <p>It describes each array's shape anew, in a buffer of its own that a thread has to free later,
 * though native code has every shape once and keeps it. Here a shape has one buffer, too, and so
 * has each way to cut it along dimensions.
 *
 * <p>It leaves maximum pooling to code that is slow without AVX-512; see {@link MaxPooling}.
 */
public final class CpuOperations extends NativeOpExecutioner {
  private final Map<LongShapeDescriptor, DataBuffer> shapes = new ConcurrentHashMap<>();
  private final Map<Slicing, TadPack> slicings = new ConcurrentHashMap<>();

  /**
   * How a shape is cut along dimensions. By the description's contents: nothing in ND4J promises
   * that the address of one belongs to no other shape later.
   */
  private record Slicing(LongBuffer shape, IntBuffer dimensions) {}

  @Override
  public DataBuffer createShapeInfo(
      long[] shape, long[] stride, long step, char order, DataType type, boolean empty) {
    long options =
        ArrayOptionsHelper.setOptionBit(empty ? ArrayOptionsHelper.ATYPE_EMPTY_BIT : 0, type);
    DataBuffer known = shapes.get(new LongShapeDescriptor(shape, stride, 0, step, order, options));
    return known == null
        ? shapes.computeIfAbsent(
            new LongShapeDescriptor(shape.clone(), stride.clone(), 0, step, order, options),
            key -> super.createShapeInfo(shape, stride, step, order, type, empty))
        : known;
  }

  @Override
  public TadPack tadShapeInfoAndOffsets(INDArray array, int[] dimensions) {
    return slicings.computeIfAbsent(
        new Slicing(
            LongBuffer.wrap(array.shapeInfoJava().clone()), IntBuffer.wrap(dimensions.clone())),
        key -> super.tadShapeInfoAndOffsets(array, dimensions));
  }

  @Override
  public INDArray[] exec(CustomOp operation) {
    return held(
        operation,
        null,
        () ->
            MaxPooling.computes(operation)
                ? operation.outputArguments().toArray(INDArray[]::new)
                : super.exec(operation));
  }

  @Override
  public INDArray exec(Op operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public INDArray exec(IndexAccumulation operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public INDArray exec(ReduceOp operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public INDArray exec(ScalarOp operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public INDArray exec(BroadcastOp operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public INDArray exec(RandomOp operation, OpContext context, Random random) {
    return held(operation, context, () -> super.exec(operation, context, random));
  }

  @Override
  public INDArray[] exec(CustomOp operation, OpContext context) {
    return held(operation, context, () -> super.exec(operation, context));
  }

  @Override
  public List<LongShapeDescriptor> calculateOutputShape(CustomOp operation, OpContext context) {
    return held(operation, context, () -> super.calculateOutputShape(operation, context));
  }

  /** Both hold the arrays. */
  private static <T> T held(Object operation, OpContext context, Supplier<T> operate) {
    try {
      return operate.get();
    } finally {
      Reference.reachabilityFence(operation);
      Reference.reachabilityFence(context);
    }
  }
}
