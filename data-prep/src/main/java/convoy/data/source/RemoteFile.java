package convoy.data.source;

import java.net.URI;
import java.util.List;

/**
 * A file that public mirrors hold.
 *
 * @param name what to call it, unpacked
 * @param bytes its length, unpacked
 * @param sha256 of the unpacked bytes, lower-case hexadecimal
 * @param packing how the mirrors hold it
 * @param mirrors its addresses, tried in order
 */
record RemoteFile(String name, long bytes, String sha256, Packing packing, List<URI> mirrors) {
  /** How a file travels. */
  enum Packing {
    PLAIN,
    GZIP
  }

  RemoteFile {
    mirrors = List.copyOf(mirrors);
  }

  /** The most bytes a mirror may send: deflate adds at most 5 bytes per 16 kB to what it packs. */
  long transferLimit() {
    return switch (packing) {
      case PLAIN -> bytes;
      case GZIP -> bytes + bytes / 1000 + 1024;
    };
  }
}
