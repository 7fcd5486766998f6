package convoy.data.source;

import java.nio.file.Path;

/** Verified downloads on this machine's disk, by SHA-256; several processes may use it at once. */
public final class DownloadCache {
  /** The cache at {@code folder}, which is made when first written to. */
  public static DownloadCache at(Path folder) {
    throw new UnsupportedOperationException();
  }
}
