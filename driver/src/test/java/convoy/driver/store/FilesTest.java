package convoy.driver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a file appears when its stream is closed, and a rename would delete and copy. */
final class FilesTest {
  @TempDir private java.nio.file.Path folder;
  private Files files;
  private Path file;

  @BeforeEach
  void connect() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.store.impl", ObjectStore.class, ObjectStore.class);
    hadoop.setBoolean("fs.store.impl.disable.cache", true);
    files = new Files(hadoop);
    file = new Path("store:" + folder + "/metrics.jsonl");
  }

  @Test
  void replacesAFileOfAnObjectStoreInOneStep() throws IOException {
    files.write(file, "one");
    files.write(file, "one and two");
    assertThat(files.read(file)).isEqualTo("one and two");
    assertThat(files.names(file.getParent(), ".*")).isEqualTo(List.of("metrics.jsonl"));
  }

  @Test
  void leavesWhatWasThereWhenTheNextContentCannotBeMade() throws IOException {
    files.write(file, "one");
    assertThatThrownBy(
            () ->
                files.write(
                    file,
                    out -> {
                      out.write("half of".getBytes(StandardCharsets.UTF_8));
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(files.read(file)).isEqualTo("one");
  }

  /** One on this machine's disk, without renames. */
  static final class ObjectStore extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("store:///");
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
      return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
          || super.hasPathCapability(path, capability);
    }

    @Override
    public FSDataOutputStream create(
        Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return new FSDataOutputStream(new Upload(pathToFile(file).toPath()), null);
    }

    @Override
    public boolean rename(Path from, Path to) {
      throw new UnsupportedOperationException("rename " + from);
    }
  }

  /** Shows the file when it is closed. */
  private static final class Upload extends ByteArrayOutputStream implements Abortable {
    private final java.nio.file.Path place;
    private boolean aborted;

    Upload(java.nio.file.Path place) {
      this.place = place;
    }

    @Override
    public AbortableResult abort() {
      aborted = true;
      return null;
    }

    @Override
    public void close() throws IOException {
      if (!aborted) {
        java.nio.file.Files.write(place, toByteArray());
      }
    }
  }
}
