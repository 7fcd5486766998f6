package convoy.driver.cli;

import convoy.driver.store.OutputFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.api.LayoutComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.RootLoggerComponentBuilder;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/**
 * Where the logs of Spark, DL4J and Convoy on the driver go: to a file, and with {@code --verbose}
 * to standard error too.
 *
 * @param file on this machine's disk
 * @param upload what to do with the file at the end
 */
record RunLog(Path file, Upload upload) implements Closeable {
  private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1}: %m%n";

  /** Sends everything logged from now on to a folder, at the latest when this is closed. */
  static RunLog of(OutputFolder folder, boolean verbose) throws IOException {
    Optional<Path> local = folder.localLog();
    return local.isPresent()
        ? to(local.get(), verbose, file -> {})
        : to(
            Files.createTempFile("convoy-", ".log"),
            verbose,
            file -> {
              folder.uploadLog(file);
              Files.delete(file);
            });
  }

  /** Sends everything logged from now on to a new file in the temporary folder. */
  static RunLog temporary(boolean verbose) throws IOException {
    return to(Files.createTempFile("convoy-", ".log"), verbose, file -> {});
  }

  @Override
  public void close() throws IOException {
    upload.accept(file);
  }

  private static RunLog to(Path file, boolean verbose, Upload upload) {
    Configurator.reconfigure(configuration(file, verbose));
    return new RunLog(file, upload);
  }

  /** Takes the finished file. */
  interface Upload {
    void accept(Path file) throws IOException;
  }

  private static BuiltConfiguration configuration(Path file, boolean verbose) {
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    LayoutComponentBuilder layout =
        builder.newLayout("PatternLayout").addAttribute("pattern", PATTERN);
    RootLoggerComponentBuilder root = builder.newRootLogger(Level.INFO);
    builder.add(
        builder.newAppender("file", "File").addAttribute("fileName", file.toString()).add(layout));
    root.add(builder.newAppenderRef("file"));
    if (verbose) {
      builder.add(
          builder
              .newAppender("screen", "Console")
              .addAttribute("target", ConsoleAppender.Target.SYSTEM_ERR)
              .add(layout));
      root.add(builder.newAppenderRef("screen"));
    }
    return builder.add(root).build(false);
  }
}
