package convoy.data.source;

import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.format.CifarFiles;
import convoy.data.format.RawFile;
import convoy.data.format.RawFolder;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * CIFAR-10 (Krizhevsky, "Learning multiple layers of features from tiny images", 2009), whose
 * archive is known by its checksum; for the files in it none is published.
 */
record Cifar10Source(RemoteFile archive) {
  private static final String NAME = "cifar10";

  /** The official address. */
  static Cifar10Source standard() {
    return new Cifar10Source(
        new RemoteFile(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            RemoteFile.Packing.PLAIN,
            List.of(URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"))));
  }

  /** From the folder or archive named, or else from the cache or the official address. */
  RawDataset load(
      Optional<org.apache.hadoop.fs.Path> from,
      Configuration hadoop,
      DownloadCache cache,
      TransferProgress progress) {
    if (from.isEmpty()) {
      return CifarFiles.inArchive(RawFile.local(archive.name(), fetch(cache, progress))).read(NAME);
    }
    CifarFiles files = CifarFiles.in(RawFolder.open(from.get(), hadoop), hadoop);
    RawDataset dataset = files.read(NAME);
    String found = dataset.sources().get(0).sha256();
    if (files.isArchive() && !found.equals(archive.sha256())) {
      throw new InvalidDataException(
          ("%s: expected the official archive with SHA-256 %s, found %s. To read an archive of your"
                  + " own, use --dataset cifar.")
              .formatted(dataset.sources().get(0).name(), archive.sha256(), found));
    }
    return dataset;
  }

  private Path fetch(DownloadCache cache, TransferProgress progress) {
    try {
      return cache.fetch(archive, progress);
    } catch (MirrorsFailedException e) {
      List<String> failures = new ArrayList<>();
      failures.add("cache " + cache.folder() + ": not there");
      failures.addAll(e.failures());
      throw new SourceUnavailableException(NAME, failures);
    }
  }
}
