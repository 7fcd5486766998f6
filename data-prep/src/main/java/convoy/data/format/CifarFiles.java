package convoy.data.format;

import convoy.data.ImageSet;
import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.RawDataset.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A data set in CIFAR-10's binary format: six files in a folder, or the archive of them. */
public final class CifarFiles {
  private static final String ARCHIVE = "cifar-10-binary.tar.gz";
  private static final String FOLDER = "cifar-10-batches-bin";
  private static final String META = "batches.meta.txt";
  private static final String TEST = "test_batch.bin";
  private static final List<String> TRAIN =
      IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();

  private final Optional<RawFile> archive;
  private final Map<String, RawFile> plain;

  private CifarFiles(Optional<RawFile> archive, Map<String, RawFile> plain) {
    this.archive = archive;
    this.plain = plain;
  }

  /** The archive alone. */
  public static CifarFiles inArchive(RawFile archive) {
    return new CifarFiles(Optional.of(archive), Map.of());
  }

  /**
   * Finds the files: here, in {@code cifar-10-batches-bin} below, or in the archive here.
   *
   * @throws IllegalArgumentException if neither all six files nor the archive are there
   */
  public static CifarFiles in(RawFolder folder, Configuration hadoop) {
    if (folder.asFile().isPresent()) {
      return inArchive(folder.asFile().get());
    }
    RawFolder place = folder.folder(FOLDER, hadoop).orElse(folder);
    List<String> names = Stream.concat(TRAIN.stream(), Stream.of(TEST)).toList();
    Optional<RawFile> archive = folder.find(List.of(ARCHIVE));
    if (archive.isPresent() && place.find(names).isEmpty()) {
      return inArchive(archive.get());
    }
    Map<String, RawFile> plain = new HashMap<>();
    for (String name : names) {
      plain.put(
          name,
          place
              .find(List.of(name))
              .orElseThrow(
                  () ->
                      place.missing(
                          name,
                          Stream.concat(names.stream(), Stream.of(FOLDER + "/", ARCHIVE))
                              .toList())));
    }
    place.find(List.of(META)).ifPresent(meta -> plain.put(META, meta));
    return new CifarFiles(Optional.empty(), plain);
  }

  /** Whether they come in the archive, whose checksum is then the only one reported. */
  public boolean isArchive() {
    return archive.isPresent();
  }

  /**
   * Reads them.
   *
   * @param name what to call the data set
   * @throws InvalidDataException if a file is not of the format
   */
  public RawDataset read(String name) {
    try {
      return archive.isPresent() ? readArchive(name, archive.get()) : readPlain(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private RawDataset readPlain(String name) throws IOException {
    Map<String, CifarBatch> batches = new HashMap<>();
    List<SourceFile> sources = new ArrayList<>();
    for (String part : Stream.concat(TRAIN.stream(), Stream.of(TEST)).toList()) {
      try (Content content = Content.open(plain.get(part))) {
        batches.put(part, CifarBatch.read(part, plain.get(part).length(), content::read));
        sources.add(new SourceFile(part, content.sha256()));
      }
    }
    List<String> classes = CifarBatch.CLASSES;
    if (plain.containsKey(META)) {
      try (Content content = Content.open(plain.get(META))) {
        classes = CifarBatch.classes(META, content.read(CifarBatch.LONGEST_META));
        sources.add(new SourceFile(META, content.sha256()));
      }
    }
    return join(name, batches, classes, sources);
  }

  private static RawDataset readArchive(String name, RawFile archive) throws IOException {
    Map<String, CifarBatch> batches = new HashMap<>();
    List<List<String>> classes = new ArrayList<>();
    String sha256 =
        TarGzip.read(
            archive,
            (path, size, in) -> {
              String file = path.substring(path.lastIndexOf('/') + 1);
              if (TRAIN.contains(file) || file.equals(TEST)) {
                CifarBatch batch =
                    CifarBatch.read(path, size, count -> Content.readBounded(in, count));
                if (batches.put(file, batch) != null) {
                  throw new InvalidDataException(
                      "%s: holds %s twice. Fetch it again.".formatted(archive.name(), file));
                }
              } else if (file.equals(META)) {
                classes.add(
                    CifarBatch.classes(path, Content.readBounded(in, CifarBatch.LONGEST_META)));
              }
            });
    for (String file : Stream.concat(TRAIN.stream(), Stream.of(TEST)).toList()) {
      if (!batches.containsKey(file)) {
        throw new InvalidDataException(
            "%s: expected %s and %s inside, found no %s. Fetch it again."
                .formatted(archive.name(), String.join(", ", TRAIN), TEST, file));
      }
    }
    return join(
        name,
        batches,
        classes.isEmpty() ? CifarBatch.CLASSES : classes.get(0),
        List.of(new SourceFile(archive.name(), sha256)));
  }

  private static RawDataset join(
      String name,
      Map<String, CifarBatch> batches,
      List<String> classes,
      List<SourceFile> sources) {
    ImageSet test = CifarBatch.join(name, List.of(batches.get(TEST)));
    ImageSet train = CifarBatch.join(name, TRAIN.stream().map(batches::get).toList());
    return new RawDataset(name, classes, train, test, sources);
  }
}
