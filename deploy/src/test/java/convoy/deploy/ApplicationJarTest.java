package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ApplicationJarTest {
  private static List<String> entries;

  @BeforeAll
  static void list() throws IOException {
    try (ZipFile jar = new ZipFile(Programs.jar().toFile())) {
      entries = jar.stream().map(ZipEntry::getName).toList();
    }
  }

  @Test
  void carriesConvoyAndDl4j() {
    assertThat(entries)
        .contains(
            "convoy/driver/Main.class",
            "convoy/driver/version.properties",
            "org/deeplearning4j/nn/multilayer/MultiLayerNetwork.class",
            "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend",
            "picocli/CommandLine.class");
  }

  @Test
  void leavesSparkHadoopAndScalaToTheCluster() {
    assertThat(entries)
        .noneMatch(
            entry ->
                entry.matches(
                    "(org/apache/(spark|hadoop|logging|parquet)|scala|org/slf4j|com/fasterxml"
                        + "|com/google/(common|protobuf))/.*"));
  }

  @Test
  void carriesNativeLibrariesForOnePlatformOnce() {
    assertThat(entries).filteredOn(entry -> entry.endsWith("libnd4jcpu.so")).hasSize(1);
    assertThat(entries)
        .filteredOn(entry -> entry.startsWith("org/bytedeco/") || entry.startsWith("org/nd4j/"))
        .filteredOn(entry -> entry.matches(".*\\.(so|dll|dylib|jnilib)([.0-9]*)"))
        .isNotEmpty()
        .allMatch(entry -> entry.contains("/linux-x86_64"));
  }
}
