package convoy.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Raw files as the formats have them, small and made up. */
public final class SampleFiles {
  private SampleFiles() {}

  /** An IDX header and values, which need not fit it. */
  public static byte[] idx(int magic, int[] sizes, byte[] values) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + values.length).putInt(magic);
    Arrays.stream(sizes).forEach(file::putInt);
    return file.put(values).array();
  }

  /** Images of 2x3 whose pixels count up from {@code first}. */
  public static byte[] idxImages(int count, int first) {
    return idx(0x803, new int[] {count, 2, 3}, counting(count * 6, first));
  }

  public static byte[] idxLabels(int... labels) {
    byte[] values = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      values[i] = (byte) labels[i];
    }
    return idx(0x801, new int[] {labels.length}, values);
  }

  /** Three training images of classes 0, 2, 1, two test images of classes 1, 0. */
  public static Path idxFolder(Path folder) {
    write(folder.resolve("train-images-idx3-ubyte"), idxImages(3, 0));
    write(folder.resolve("train-labels-idx1-ubyte"), idxLabels(0, 2, 1));
    write(folder.resolve("t10k-images-idx3-ubyte"), idxImages(2, 100));
    write(folder.resolve("t10k-labels-idx1-ubyte"), idxLabels(1, 0));
    return folder;
  }

  /** One record a label; the pixels of record i count up from 10 · i. */
  public static byte[] cifarBatch(int... labels) {
    ByteBuffer file = ByteBuffer.allocate(labels.length * 3073);
    for (int i = 0; i < labels.length; i++) {
      file.put((byte) labels[i]).put(counting(3072, 10 * i));
    }
    return file.array();
  }

  /** Two images in each of the six files. */
  public static Path cifarFolder(Path folder) {
    for (int i = 1; i <= 5; i++) {
      write(folder.resolve("data_batch_" + i + ".bin"), cifarBatch(i, 9));
    }
    write(folder.resolve("test_batch.bin"), cifarBatch(3, 0));
    return folder;
  }

  /** The archive of {@link #cifarFolder}. */
  public static byte[] cifarArchive() {
    TarEntry[] entries = new TarEntry[6];
    for (int i = 1; i <= 5; i++) {
      entries[i - 1] =
          new TarEntry("cifar-10-batches-bin/data_batch_" + i + ".bin", cifarBatch(i, 9));
    }
    entries[5] = new TarEntry("cifar-10-batches-bin/test_batch.bin", cifarBatch(3, 0));
    return tarGzip(entries);
  }

  public static byte[] counting(int count, int first) {
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) (first + i);
    }
    return values;
  }

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  public static byte[] tarGzip(TarEntry... entries) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(packed))) {
      for (TarEntry entry : entries) {
        TarArchiveEntry header = new TarArchiveEntry(entry.name, entry.type, true);
        header.setSize(entry.content.length);
        if (entry.type == TarArchiveEntry.LF_SYMLINK) {
          header.setLinkName("/etc/passwd");
        }
        tar.putArchiveEntry(header);
        tar.write(entry.content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  public static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What an archive holds under one name. */
  public static final class TarEntry {
    private final String name;
    private final byte type;
    private final byte[] content;

    public TarEntry(String name, byte[] content) {
      this(name, TarArchiveEntry.LF_NORMAL, content);
    }

    public TarEntry(String name, byte type, byte[] content) {
      this.name = name;
      this.type = type;
      this.content = content;
    }
  }
}
