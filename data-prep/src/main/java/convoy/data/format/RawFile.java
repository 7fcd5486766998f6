package convoy.data.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that can be read from its start, as often as needed, on any Hadoop file system. */
public final class RawFile {
  private final String name;
  private final long length;
  private final Opener opener;

  private RawFile(String name, long length, Opener opener) {
    this.name = name;
    this.length = length;
    this.opener = opener;
  }

  static RawFile on(FileSystem files, FileStatus status) {
    Path path = status.getPath();
    return new RawFile(path.getName(), status.getLen(), () -> files.open(path));
  }

  /**
   * A file of this machine.
   *
   * @param name what to call it, where {@code path} is named otherwise
   */
  public static RawFile local(String name, java.nio.file.Path path) {
    try {
      return new RawFile(name, Files.size(path), () -> Files.newInputStream(path));
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot be read at " + path + ": " + e, e);
    }
  }

  /** Its name without a folder. */
  public String name() {
    return name;
  }

  /** Bytes it holds as stored. */
  public long length() {
    return length;
  }

  boolean isGzip() {
    return name.endsWith(".gz") || name.endsWith(".tgz");
  }

  /** Its bytes as stored; whatever goes wrong while reading names the file. */
  InputStream open() throws IOException {
    try {
      return new Named(opener.open());
    } catch (IOException e) {
      throw new ReadFailure(name, e);
    }
  }

  /** The medium failed, which says nothing about the contents. */
  static final class ReadFailure extends IOException {
    private static final long serialVersionUID = 1L;

    ReadFailure(String name, IOException cause) {
      super(name + ": cannot be read: " + cause.getMessage(), cause);
    }
  }

  /** Tells a failing medium from a decoder's complaint about the bytes. */
  private final class Named extends FilterInputStream {
    Named(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw new ReadFailure(name, e);
      }
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      try {
        return super.read(bytes, from, count);
      } catch (IOException e) {
        throw new ReadFailure(name, e);
      }
    }
  }

  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }
}
