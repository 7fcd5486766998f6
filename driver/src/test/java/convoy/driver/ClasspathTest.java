package convoy.driver;

import static org.assertj.core.api.Assertions.assertThat;

import convoy.model.engine.ConvolutionPath;
import convoy.model.engine.Engine;
import convoy.model.zoo.InputShape;
import convoy.model.zoo.Optimizer;
import convoy.model.zoo.Zoo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DL4J was built against older releases of what Spark brings; the parent pom's pins make one class
 * path of the two.
 */
final class ClasspathTest {
  private static final Pattern JAR =
      Pattern.compile(
          "(?<artifact>[A-Za-z][A-Za-z0-9_.-]*?)-(?<version>[0-9][A-Za-z0-9.]*(-[A-Za-z0-9.]+)*)\\.jar");

  @Test
  void dl4jSparkAndHadoopWorkTogether() throws IOException {
    String lenet5 =
        Zoo.named("lenet5", new InputShape(1, 28, 28), 10).configuration(Optimizer.ADAM, 1e-3, 1);
    List<Integer> parameters =
        LocalSpark.context()
            .parallelize(List.of(1, 2), 2)
            .map(task -> Engine.dl4j(lenet5).initialState().parameters().length)
            .collect();
    assertThat(parameters).containsExactly(61_706, 61_706);
    assertThat(FileSystem.getLocal(new Configuration()).getScheme()).isEqualTo("file");
    TrainingMaster<?, ?> stock = new ParameterAveragingTrainingMaster.Builder(1).build();
    assertThat(stock.toJson()).contains("averagingFrequency");
  }

  @Test
  void convolutionsRunOnOneDnn() {
    assertThat(ConvolutionPath.inForce()).isEqualTo(ConvolutionPath.ONEDNN);
  }

  @Test
  void holdsOneVersionOfEachLibrary() {
    Map<String, Set<String>> versions = new TreeMap<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Matcher jar = JAR.matcher(Path.of(entry).getFileName().toString());
      // ND4J carries its own copies of some libraries in packages of its own.
      if (jar.matches() && !entry.contains("linux-") && !entry.contains("/org/nd4j/")) {
        versions
            .computeIfAbsent(jar.group("artifact"), a -> new TreeSet<>())
            .add(jar.group("version"));
      }
    }
    assertThat(versions).hasSizeGreaterThan(100);
    versions.values().removeIf(found -> found.size() == 1);
    // An addition to orc-core under the same name, by design.
    versions.remove("orc-core");
    assertThat(versions).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "scala-library, 2.12.18",
    "scala-reflect, 2.12.18",
    "jackson-core, 2.15.2",
    "jackson-databind, 2.15.2",
    "slf4j-api, 2.0.7",
    "spark-core_2.12, 3.5.5",
    "spark-mllib_2.12, 3.5.5",
    "hadoop-client-api, 3.3.4",
    "nd4j-api, 1.0.0-M2.1",
    "deeplearning4j-nn, 1.0.0-M2.1"
  })
  void holdsTheVersionThatSparkBrings(String artifact, String version) {
    assertThat(System.getProperty("java.class.path"))
        .contains(File.separator + artifact + "-" + version + ".jar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com/esotericsoftware/kryo/Kryo.class",
        "scala/Option.class",
        "com/fasterxml/jackson/databind/ObjectMapper.class",
        "org/slf4j/LoggerFactory.class",
        "com/google/common/collect/ImmutableList.class",
        "com/google/gson/Gson.class",
        "org/apache/commons/io/IOUtils.class",
        "org/nd4j/linalg/factory/Nd4j.class"
      })
  void findsEachClashingClassOnce(String resource) throws IOException {
    assertThat(Collections.list(getClass().getClassLoader().getResources(resource))).hasSize(1);
  }

  @Test
  void carriesNoImageOrVideoDecoders() {
    assertThat(Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1)))
        .noneMatch(entry -> entry.matches(".*/(opencv|ffmpeg|javacv|leptonica|hdf5)-.*"));
  }
}
