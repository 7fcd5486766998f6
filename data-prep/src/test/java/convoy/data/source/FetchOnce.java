package convoy.data.source;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Fetches one file, as a process of its own: folder, address, length and checksum are arguments.
 */
final class FetchOnce {
  private FetchOnce() {}

  public static void main(String[] args) throws Exception {
    RemoteFile file =
        new RemoteFile(
            "file",
            Long.parseLong(args[2]),
            args[3],
            RemoteFile.Packing.PLAIN,
            List.of(URI.create(args[1])));
    System.out.println("ready");
    Path fetched = DownloadCache.at(Path.of(args[0])).fetch(file, TransferProgress.SILENT);
    System.out.println(fetched);
  }
}
