package convoy.driver.gpu;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds each executor to the GPUs that Spark gave it, before any task touches ND4J. */
public final class GpuPlugin implements SparkPlugin {
  /** Spark's setting that says what is wanted: cpu, gpu or auto. */
  public static final String DEVICE = "spark.convoy.device";

  private static final Logger LOG = LoggerFactory.getLogger(GpuPlugin.class);

  /** Made by Spark. */
  public GpuPlugin() {}

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Binding();
  }

  private static final class Binding implements ExecutorPlugin {
    @Override
    public void init(PluginContext context, Map<String, String> extra) {
      try {
        ResourceInformation given = context.resources().get(Gpus.RESOURCE);
        Gpus.bind(
            Device.valueOf(context.conf().get(DEVICE, "auto").toUpperCase(Locale.ROOT)),
            given == null ? List.of() : Arrays.asList(given.addresses()));
      } catch (Exception | LinkageError e) {
        // Thrown on, it would have Spark start this executor again for ever.
        LOG.error("no GPU can be used", e);
        Gpus.refuse(e.toString());
      }
    }
  }
}
