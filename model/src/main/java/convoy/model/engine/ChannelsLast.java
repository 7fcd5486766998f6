package convoy.model.engine;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays of shape [images, channels, height, width] whose channels lie next to each other in
 * memory, as oneDNN's forward convolutions want them: these spend a third of their time on bringing
 * other arrays in and out of that order. Its gradients take another order, and take longer from
 * this one, so that only inference gains.
 */
final class ChannelsLast {
  private ChannelsLast() {}

  /** Without values, for a layer's output. */
  static INDArray create(
      LayerWorkspaceMgr workspaces, long images, long channels, long height, long width) {
    long[] shape = {images, height, width, channels};
    return workspaces
        .createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c')
        .permute(0, 3, 1, 2);
  }

  /** Whether an array lies like this, without gaps. */
  static boolean is(INDArray array) {
    return array.rank() == 4
        && array.stride(1) == 1
        && array.stride(3) == array.size(1)
        && array.stride(2) == array.size(1) * array.size(3)
        && array.stride(0) == array.size(1) * array.size(3) * array.size(2)
        && array.size(1) > 1;
  }

  /** The same values as [images, height, width, channels], which lie in C order. */
  static INDArray inMemoryOrder(INDArray array) {
    return array.permute(0, 2, 3, 1);
  }
}
