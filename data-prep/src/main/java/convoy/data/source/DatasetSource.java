package convoy.data.source;

import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.format.CifarFiles;
import convoy.data.format.IdxFiles;
import convoy.data.format.RawFolder;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The data sets that can be fetched or read by name. */
public enum DatasetSource {
  /** Handwritten digits, verified against the known checksums. */
  MNIST,
  /** Photographs of ten kinds; the official archive is verified, single files by structure. */
  CIFAR10,
  /** One's own files in MNIST's format. */
  IDX,
  /** One's own files in CIFAR-10's binary format. */
  CIFAR;

  /**
   * Fetches or reads the data set, verified.
   *
   * @param from the folder (or, for CIFAR, archive) with the raw files; may be absent for MNIST and
   *     CIFAR10 only
   * @throws IllegalArgumentException if {@code from} is needed and absent, cannot be read, or lacks
   *     a file; or if the cache cannot be written
   * @throws InvalidDataException if a file is not what it should be
   * @throws SourceUnavailableException if nothing that was tried has the data set
   */
  public RawDataset load(
      Optional<Path> from, Configuration hadoop, DownloadCache cache, TransferProgress progress) {
    return switch (this) {
      case MNIST -> MnistSource.standard().load(from, hadoop, cache, progress);
      case CIFAR10 -> Cifar10Source.standard().load(from, hadoop, cache, progress);
      case IDX -> IdxFiles.in(required(from, hadoop)).read("idx");
      case CIFAR -> CifarFiles.in(required(from, hadoop), hadoop).read("cifar");
    };
  }

  private RawFolder required(Optional<Path> from, Configuration hadoop) {
    Path path =
        from.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--from: needed with --dataset %s. Name the folder that holds its files."
                        .formatted(name().toLowerCase(Locale.ROOT))));
    return RawFolder.open(path, hadoop);
  }
}
