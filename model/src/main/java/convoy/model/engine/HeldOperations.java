package convoy.model.engine;

import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Supplier;
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
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/**
 * ND4J's operations on the CPU, whose arrays stay reachable until native code has returned.
 *
 * <p>ND4J 1.0.0-M2.1 passes the address of a native buffer's descriptor and then forgets the array
 * that it belongs to. If the garbage collector runs just then, ND4J's own thread deletes the
 * descriptor while the operation reads it, which ends the process with SIGSEGV. ND4J makes one of
 * these by itself, named by the system property {@code opexec}.
 */
public final class HeldOperations extends NativeOpExecutioner {

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
