package convoy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import convoy.deploy.Programs.Outcome;
import convoy.deploy.Programs.Running;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of {@code deploy/kubernetes}: whether they are what Kubernetes' own model allows, and
 * what Spark makes of them when it submits.
 */
final class KubernetesTest {
  private static final Path FILES = Programs.ROOT.resolve("deploy/kubernetes");
  private static final Path CLUSTERS = Programs.ROOT.resolve("deploy/clusters");

  /** Refuses a field that the model does not have, which it would keep silently. */
  private static final ObjectMapper STRICT =
      new YAMLMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  @TempDir private Path folder;

  @Test
  void templatesHaveOnlyWhatPodsMayHave() throws IOException {
    for (String name : List.of("driver", "cpu-executor", "gpu-executor")) {
      Pod pod = STRICT.readValue(FILES.resolve(name + ".yaml").toFile(), Pod.class);
      assertThat(pod.getSpec().getContainers()).hasSize(1);
      assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    }
    String misspelt =
        Files.readString(FILES.resolve("driver.yaml")).replace("runAsUser", "runAsUsr");
    assertThatThrownBy(() -> STRICT.readValue(misspelt, Pod.class))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("runAsUsr");
  }

  @Test
  void sparkMakesADriverPodOfTheTemplateAndTheSettings() throws IOException {
    try (ApiServer kubernetes = new ApiServer()) {
      Outcome outcome =
          Programs.run(
              folder,
              Map.of(
                  "PATH",
                  Programs.pathWithSparkSubmit(folder, List.of()),
                  "KUBERNETES",
                  kubernetes.address(),
                  "IMAGE",
                  "convoy:test"),
              List.of(FILES.resolve("submit.sh").toString(), "train", "--out", "hdfs:/runs/x"));
      assertThat(outcome.status()).as("%s", outcome).isZero();
      Pod driver = onlyPod(kubernetes);
      assertThat(driver.getMetadata().getLabels())
          .containsEntry("spark-role", "driver")
          .containsEntry("app.kubernetes.io/name", "convoy");
      assertThat(driver.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(185);
      assertThat(driver.getSpec().getContainers().get(0).getImage()).isEqualTo("convoy:test");
      assertThat(driver.getSpec().getContainers().get(0).getArgs())
          .containsSequence("--class", "convoy.driver.Main")
          .containsSequence("local:///opt/convoy/convoy.jar", "train", "--out", "hdfs:/runs/x");
      assertThat(kubernetes.created("ConfigMap"))
          .extracting(map -> map.at("/data/spark.properties").asText())
          .anyMatch(settings -> settings.contains("spark.executor.memoryOverhead=2819m"));
    }
  }

  @Test
  void executorsAskForAGpuEach() throws IOException {
    try (ApiServer kubernetes = new ApiServer()) {
      ToyFiles.idx(folder.resolve("raw"), 100, 50);
      List<String> prepare =
          List.of("prepare", "--dataset", "idx", "--from", "raw", "--out", "set");
      assertThat(Programs.convoy(folder, prepare.toArray(String[]::new)).status()).isZero();
      Running running =
          Programs.startSparkSubmit(
              folder,
              List.of(
                  "--master",
                  "k8s://" + kubernetes.address(),
                  "--properties-file",
                  CLUSTERS.resolve("gpu.conf").toString(),
                  "--conf",
                  "spark.executor.resource.gpu.vendor=nvidia.com",
                  "--conf",
                  "spark.kubernetes.container.image=convoy:test",
                  "--conf",
                  "spark.kubernetes.executor.podTemplateFile=" + FILES.resolve("gpu-executor.yaml"),
                  "--conf",
                  "spark.driver.host=127.0.0.1",
                  "--conf",
                  "spark.ui.enabled=false"),
              "train",
              "--data",
              "set",
              "--model",
              "mlp",
              "--workers",
              "2",
              "--out",
              "run");
      try {
        long until = System.nanoTime() + 120_000_000_000L;
        while (kubernetes.created("Pod").isEmpty()) {
          assertThat(running.process().isAlive() && System.nanoTime() < until)
              .as("%s", running.outcome())
              .isTrue();
          Daemon.pause(100);
        }
      } finally {
        running.process().destroyForcibly();
      }
      Pod executor = pod(kubernetes.created("Pod").get(0));
      assertThat(executor.getMetadata().getLabels()).containsEntry("spark-role", "executor");
      assertThat(executor.getSpec().getTolerations())
          .extracting(toleration -> toleration.getKey())
          .contains("nvidia.com/gpu");
      assertThat(executor.getSpec().getContainers().get(0).getResources().getLimits())
          .containsEntry("nvidia.com/gpu", new Quantity("1"))
          .containsEntry("memory", new Quantity("8192", "Mi"));
      assertThat(executor.getSpec().getContainers().get(0).getEnv())
          .anyMatch(each -> each.getName().equals("NVIDIA_DRIVER_CAPABILITIES"));
    }
  }

  /** Fields of Apache Spark's operator 0.7, {@code ApplicationSpec} and {@code RuntimeVersions}. */
  @Test
  void theOperatorsApplicationHasTheSameSettings() throws IOException {
    JsonNode application = STRICT.readTree(FILES.resolve("spark-application.yaml").toFile());
    assertThat(application.get("apiVersion").asText()).isEqualTo("spark.apache.org/v1");
    assertThat(application.get("kind").asText()).isEqualTo("SparkApplication");
    JsonNode spec = application.get("spec");
    assertThat(spec.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "mainClass", "jars", "driverArgs", "runtimeVersions", "sparkConf");
    assertThat(spec.get("runtimeVersions").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("sparkVersion", "scalaVersion", "jdkVersion");
    Map<String, String> settings = new HashMap<>();
    spec.get("sparkConf")
        .fields()
        .forEachRemaining(e -> settings.put(e.getKey(), e.getValue().asText()));
    Properties expected = new Properties();
    try (Reader in = Files.newBufferedReader(CLUSTERS.resolve("cpu.conf"))) {
      expected.load(in);
    }
    expected.forEach(
        (key, value) -> assertThat(settings).containsEntry((String) key, (String) value));
    assertThat(settings)
        .hasSize(expected.size() + 3)
        .containsKeys(
            "spark.kubernetes.container.image",
            "spark.kubernetes.authenticate.driver.serviceAccountName",
            "spark.executor.instances");
  }

  private static Pod onlyPod(ApiServer kubernetes) throws IOException {
    assertThat(kubernetes.created("Pod")).hasSize(1);
    return pod(kubernetes.created("Pod").get(0));
  }

  private static Pod pod(JsonNode node) throws IOException {
    return STRICT.treeToValue(node, Pod.class);
  }
}
