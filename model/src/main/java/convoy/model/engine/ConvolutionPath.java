package convoy.model.engine;

import convoy.model.engine.ConvolutionHelpers.Use;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this JVM computes convolutions and batch normalisation. */
public enum ConvolutionPath {
  /** By oneDNN: more than ten times as fast as DL4J's own code in training. */
  ONEDNN,

  /** By DL4J's own code, slow but right, where oneDNN is missing or has failed the self-check. */
  STOCK,

  /** By ND4J's CUDA backend. */
  CUDA;

  private static final Logger log = LoggerFactory.getLogger(ConvolutionPath.class);

  /** The path in force, decided by a self-check at first use. */
  public static ConvolutionPath inForce() {
    return InForce.PATH;
  }

  /** Prepares a network that has been initialised, or restored, for this path. */
  void install(MultiLayerNetwork network, Use use) {
    switch (this) {
      case ONEDNN -> ConvolutionHelpers.ONEDNN.install(network, use);
      case STOCK, CUDA -> {}
    }
  }

  /** Likewise for a graph. */
  void install(ComputationGraph graph) {
    switch (this) {
      case ONEDNN -> ConvolutionHelpers.ONEDNN.install(graph);
      case STOCK, CUDA -> {}
    }
  }

  /**
   * Chooses by what the native library was built with and by what the helpers compute.
   *
   * @param buildInfo of ND4J's native library
   */
  static ConvolutionPath choose(ConvolutionHelpers helpers, String buildInfo) {
    Optional<String> objection =
        buildInfo.contains("HAVE_ONEDNN")
            ? SelfCheck.objection(helpers)
            : Optional.of("this build of ND4J has no oneDNN; add nd4j-native's onednn jar");
    objection.ifPresent(
        reason -> log.warn("Convolutions run on DL4J's own code, many times slower: {}", reason));
    return objection.isEmpty() ? ONEDNN : STOCK;
  }

  /** Decided once in each JVM, when first asked for. */
  private static final class InForce {
    static final ConvolutionPath PATH = decide();

    private static ConvolutionPath decide() {
      if (ComputeDevice.loadsCuda()) {
        return CUDA;
      }
      NativeHeap.keepFreedMemory();
      return choose(ConvolutionHelpers.ONEDNN, Nd4j.getBackend().buildInfo());
    }
  }
}
