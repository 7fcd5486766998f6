package convoy.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdDataAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BwdFilterAlgo;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.FwdAlgo;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.normalization.BatchNormalizationHelper;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionPathTest {
  private static final String WITH_ONEDNN = "Build Info: HAVE_ONEDNN";

  private final Logger logger = (Logger) LogManager.getLogger(ConvolutionPath.class);
  private final Lines lines = new Lines();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.removeAppender(lines);
  }

  @Test
  void isOneDnnWithTheLibraryThatConvoyBrings() {
    assertThat(ConvolutionPath.inForce()).isEqualTo(ConvolutionPath.ONEDNN);
    assertThat(ConvolutionPath.choose(ConvolutionHelpers.ONEDNN, WITH_ONEDNN))
        .isEqualTo(ConvolutionPath.ONEDNN);
    assertThat(lines.written).isEmpty();
  }

  @Test
  void isStockWhereGradientsAreWrong() {
    ConvolutionPath path = ConvolutionPath.choose(new Helpers(WrongGradients::new), WITH_ONEDNN);

    assertThat(path).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written)
        .singleElement()
        .asString()
        .matches(
            "WARN Convolutions run on DL4J's own code, many times slower: 1x1 convolution, stride"
                + " 1, Same: gradients differ by 1\\.0e-01 and outputs by [0-9.]+e[-+]\\d+ of the"
                + " largest value");
  }

  @Test
  void isStockWhereOnlyTheFirstLayerIsWrong() {
    Helpers helpers =
        new Helpers(
            ConvolutionHelpers.ONEDNN::convolution,
            pooling -> new WrongGradients(),
            ConvolutionHelpers.ONEDNN::batchNormalization);

    assertThat(ConvolutionPath.choose(helpers, WITH_ONEDNN)).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written).singleElement().asString().contains("gradients differ by");
  }

  @Test
  void isStockWhereBatchNormalisationIsWrong() {
    ConvolutionPath path =
        ConvolutionPath.choose(
            new Helpers(
                ConvolutionHelpers.ONEDNN::convolution,
                ConvolutionHelpers.ONEDNN::firstConvolution,
                WrongNormalisation::new),
            WITH_ONEDNN);

    assertThat(path).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written).singleElement().asString().contains("batch normalisation: gradients");
  }

  @Test
  void isStockWhereAnOutputIsNotANumber() {
    Helpers helpers =
        new Helpers(
            ConvolutionHelpers.ONEDNN::convolution,
            ConvolutionHelpers.ONEDNN::firstConvolution,
            NotANumber::new);

    assertThat(ConvolutionPath.choose(helpers, WITH_ONEDNN)).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written).singleElement().asString().contains("outputs by NaN");
  }

  @Test
  void decidesTheSameOnAnInterruptedThread() {
    Thread.currentThread().interrupt();

    ConvolutionPath path = ConvolutionPath.choose(ConvolutionHelpers.ONEDNN, WITH_ONEDNN);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(path).isEqualTo(ConvolutionPath.ONEDNN);
  }

  @Test
  void isStockWhereTheHelpersCannotBeLoaded() {
    Supplier<ConvolutionHelper> unloadable =
        () -> {
          throw new NoClassDefFoundError("MKLDNNConvHelper");
        };
    Helpers missing = new Helpers(unloadable);

    assertThat(ConvolutionPath.choose(missing, WITH_ONEDNN)).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written)
        .containsExactly(
            "WARN Convolutions run on DL4J's own code, many times slower: the self-check failed"
                + " with java.lang.NoClassDefFoundError: MKLDNNConvHelper");
  }

  @Test
  void isStockWhereTheHelpersThrow() {
    Supplier<ConvolutionHelper> throwing =
        () ->
            new MKLDNNConvHelper(DataType.FLOAT) {
              @Override
              public INDArray preOutput(
                  INDArray input,
                  INDArray weights,
                  INDArray bias,
                  int[] kernel,
                  int[] strides,
                  int[] pad,
                  AlgoMode mode,
                  FwdAlgo algorithm,
                  ConvolutionMode convolutionMode,
                  int[] dilation,
                  CNN2DFormat format,
                  LayerWorkspaceMgr workspaces) {
                throw new UnsupportedOperationException("conv2d");
              }
            };
    Helpers helpers = new Helpers(throwing);

    assertThat(ConvolutionPath.choose(helpers, WITH_ONEDNN)).isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written)
        .containsExactly(
            "WARN Convolutions run on DL4J's own code, many times slower: the self-check failed"
                + " with java.lang.UnsupportedOperationException: conv2d");
  }

  @Test
  void isStockWhereTheNativeLibraryHasNoOneDnn() {
    assertThat(ConvolutionPath.choose(ConvolutionHelpers.ONEDNN, "Build Info: GCC"))
        .isEqualTo(ConvolutionPath.STOCK);
    assertThat(lines.written)
        .containsExactly(
            "WARN Convolutions run on DL4J's own code, many times slower: this build of ND4J has no"
                + " oneDNN; add nd4j-native's onednn jar");
  }

  @Test
  void leavesTheCallersRandomNumbersAlone() {
    Nd4j.getRandom().setSeed(5);
    INDArray expected = Nd4j.rand(DataType.FLOAT, 4);
    Nd4j.getRandom().setSeed(5);

    ConvolutionPath.choose(ConvolutionHelpers.ONEDNN, WITH_ONEDNN);

    assertThat(Nd4j.rand(DataType.FLOAT, 4)).isEqualTo(expected);
  }

  private record Helpers(
      Supplier<ConvolutionHelper> convolutions,
      Function<MaxPoolingHelper, ConvolutionHelper> firstConvolutions,
      Supplier<BatchNormalizationHelper> normalisations)
      implements ConvolutionHelpers {
    Helpers(Supplier<ConvolutionHelper> convolutions) {
      this(
          convolutions,
          pooling -> convolutions.get(),
          ConvolutionHelpers.ONEDNN::batchNormalization);
    }

    @Override
    public ConvolutionHelper convolution() {
      return convolutions.get();
    }

    @Override
    public ConvolutionHelper firstConvolution(MaxPoolingHelper behind) {
      return firstConvolutions.apply(behind);
    }

    @Override
    public BatchNormalizationHelper batchNormalization() {
      return normalisations.get();
    }
  }

  private static final class NotANumber extends MKLDNNBatchNormHelper {
    NotANumber() {
      super(DataType.FLOAT);
    }

    @Override
    public INDArray preOutput(
        INDArray input,
        boolean training,
        long[] shape,
        INDArray gamma,
        INDArray beta,
        INDArray mean,
        INDArray variance,
        double decay,
        double eps,
        CNN2DFormat format,
        LayerWorkspaceMgr workspaces) {
      INDArray right =
          super.preOutput(
              input, training, shape, gamma, beta, mean, variance, decay, eps, format, workspaces);
      return right.putScalar(0, Float.NaN);
    }
  }

  /** A tenth too large, the weights' share only. */
  private static final class WrongGradients extends MKLDNNConvHelper {
    WrongGradients() {
      super(DataType.FLOAT);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray input,
        INDArray weights,
        INDArray bias,
        INDArray delta,
        int[] kernel,
        int[] strides,
        int[] pad,
        INDArray biasGradView,
        INDArray weightGradView,
        IActivation activation,
        AlgoMode mode,
        BwdFilterAlgo filterAlgorithm,
        BwdDataAlgo dataAlgorithm,
        ConvolutionMode convolutionMode,
        int[] dilation,
        CNN2DFormat format,
        LayerWorkspaceMgr workspaces) {
      Pair<Gradient, INDArray> right =
          super.backpropGradient(
              input,
              weights,
              bias,
              delta,
              kernel,
              strides,
              pad,
              biasGradView,
              weightGradView,
              activation,
              mode,
              filterAlgorithm,
              dataAlgorithm,
              convolutionMode,
              dilation,
              format,
              workspaces);
      weightGradView.muli(1.1);
      return right;
    }
  }

  private static final class WrongNormalisation extends MKLDNNBatchNormHelper {
    WrongNormalisation() {
      super(DataType.FLOAT);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray input,
        INDArray epsilon,
        long[] shape,
        INDArray gamma,
        INDArray beta,
        INDArray gammaGradient,
        INDArray betaGradient,
        double eps,
        CNN2DFormat format,
        LayerWorkspaceMgr workspaces) {
      Pair<Gradient, INDArray> right =
          super.backpropGradient(
              input,
              epsilon,
              shape,
              gamma,
              beta,
              gammaGradient,
              betaGradient,
              eps,
              format,
              workspaces);
      gammaGradient.addi(1);
      return right;
    }
  }

  private static final class Lines extends AbstractAppender {
    private final List<String> written = new ArrayList<>();

    Lines() {
      super("lines", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      written.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }
}
