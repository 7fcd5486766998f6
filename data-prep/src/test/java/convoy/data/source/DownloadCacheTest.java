package convoy.data.source;

import static convoy.data.source.Mirror.cutAfter;
import static convoy.data.source.Mirror.range;
import static convoy.data.source.Mirror.status;
import static convoy.data.source.Mirror.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import convoy.data.SampleFiles;
import convoy.data.format.Sha256;
import convoy.data.source.RemoteFile.Packing;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadCacheTest {
  private static final byte[] CONTENT = new byte[2_000_000];
  private static final String SHA256;

  static {
    new Random(7).nextBytes(CONTENT);
    SHA256 = sha256(CONTENT);
  }

  @TempDir Path folder;
  private DownloadCache cache;

  @BeforeEach
  void makeCache() {
    cache = DownloadCache.at(folder);
  }

  private static String sha256(byte[] content) {
    var digest = Sha256.digest();
    digest.update(content);
    return Sha256.hexadecimal(digest);
  }

  private static RemoteFile file(Mirror... mirrors) {
    return new RemoteFile(
        "file",
        CONTENT.length,
        SHA256,
        Packing.PLAIN,
        Arrays.stream(mirrors).map(Mirror::uri).toList());
  }

  private Path fetch(Mirror... mirrors) throws MirrorsFailedException {
    return cache.fetch(file(mirrors), TransferProgress.SILENT);
  }

  private void holdsTheFileAlone() throws IOException {
    Path place = folder.resolve("files").resolve(SHA256);
    assertThat(place).hasBinaryContent(CONTENT);
    try (Stream<Path> files = Files.list(folder.resolve("files"));
        Stream<Path> parts = Files.list(folder.resolve("parts"))) {
      assertThat(files).containsExactly(place);
      assertThat(parts).as("nothing half-done is left").isEmpty();
    }
  }

  private void holdsNoFile() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("files"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void fetchesAFileOnceAndKeepsItByChecksum() throws Exception {
    try (Mirror mirror = Mirror.answering(whole(CONTENT))) {
      assertThat(fetch(mirror)).isEqualTo(folder.resolve("files").resolve(SHA256));
      fetch(mirror);
      assertThat(mirror.ranges()).as("requests").containsExactly("");
      holdsTheFileAlone();
    }
  }

  @Test
  void unpacksGzipAndVerifiesWhatWasInIt() throws Exception {
    try (Mirror mirror = Mirror.answering(whole(SampleFiles.gzip(CONTENT)))) {
      RemoteFile packed =
          new RemoteFile("file", CONTENT.length, SHA256, Packing.GZIP, List.of(mirror.uri()));
      cache.fetch(packed, TransferProgress.SILENT);
      holdsTheFileAlone();
    }
  }

  @Test
  void stopsUnpackingGzipThatHoldsMoreThanTheFile() throws Exception {
    try (Mirror mirror = Mirror.answering(whole(SampleFiles.gzip(new byte[50_000_000])))) {
      RemoteFile packed =
          new RemoteFile("file", CONTENT.length, SHA256, Packing.GZIP, List.of(mirror.uri()));
      assertThatThrownBy(() -> cache.fetch(packed, TransferProgress.SILENT))
          .isInstanceOf(MirrorsFailedException.class)
          .hasMessageStartingWith(mirror.uri() + ": sent too many bytes with SHA-256 ");
      holdsNoFile();
    }
  }

  @Test
  void reportsProgressUpToTheWholeFile() throws Exception {
    List<Long> done = new ArrayList<>();
    try (Mirror mirror = Mirror.answering(whole(CONTENT))) {
      cache.fetch(
          file(mirror),
          (name, bytes, total) -> {
            assertThat(name).isEqualTo("file");
            assertThat(total).isEqualTo(CONTENT.length);
            done.add(bytes);
          });
    }
    assertThat(done).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(3);
    assertThat(done.get(done.size() - 1)).isEqualTo(CONTENT.length);
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws Exception {
    try (Mirror mirror = Mirror.answering(cutAfter(CONTENT.length / 2, CONTENT), range(CONTENT))) {
      fetch(mirror);
      assertThat(mirror.ranges()).hasSize(2);
      assertThat(mirror.conditions()).containsExactly("", "\"one\"");
      assertThat(mirror.ranges().get(1)).matches("bytes=[1-9][0-9]*-");
      int resumedFrom = Integer.parseInt(mirror.ranges().get(1).replaceAll("\\D", ""));
      assertThat(resumedFrom).isBetween(1, CONTENT.length / 2);
      holdsTheFileAlone();
    }
  }

  @Test
  void goesOnInALaterRunWhereAnEarlierOneFailed() throws Exception {
    try (Mirror mirror =
        Mirror.answering(cutAfter(CONTENT.length / 2, CONTENT), status(503), range(CONTENT))) {
      assertThatThrownBy(() -> fetch(mirror))
          .isInstanceOf(MirrorsFailedException.class)
          .hasMessage(mirror.uri() + ": answered with HTTP status 503");
      holdsNoFile();
      fetch(mirror);
      assertThat(mirror.ranges().get(2)).as("the third request").matches("bytes=[1-9][0-9]*-");
      holdsTheFileAlone();
    }
  }

  @Test
  void continuesAPartLeftByAnEarlierProcess() throws Exception {
    try (Mirror mirror = Mirror.answering(range(CONTENT))) {
      leavePart(mirror, Arrays.copyOf(CONTENT, 1_234_567));
      fetch(mirror);
      assertThat(mirror.ranges()).containsExactly("bytes=1234567-");
      holdsTheFileAlone();
    }
  }

  private void leavePart(Mirror mirror, byte[] content) throws Exception {
    Files.createDirectories(folder.resolve("parts"));
    Files.write(cache.partOf(mirror.uri(), file(mirror)), content);
  }

  @Test
  void startsAgainWhereAPartTurnsOutToBeDamaged() throws Exception {
    try (Mirror mirror = Mirror.answering(range(CONTENT), whole(CONTENT))) {
      leavePart(mirror, new byte[1000]);
      fetch(mirror);
      assertThat(mirror.ranges()).containsExactly("bytes=1000-", "");
      holdsTheFileAlone();
    }
  }

  @Test
  void startsAgainWhereTheMirrorIgnoresTheRange() throws Exception {
    try (Mirror mirror = Mirror.answering(cutAfter(CONTENT.length / 2, CONTENT), whole(CONTENT))) {
      fetch(mirror);
      assertThat(mirror.ranges()).hasSize(2);
      holdsTheFileAlone();
    }
  }

  @Test
  void startsAgainWhereTheRangeCannotBeGiven() throws Exception {
    try (Mirror mirror = Mirror.answering(status(416), whole(CONTENT))) {
      leavePart(mirror, Arrays.copyOf(CONTENT, 1000));
      fetch(mirror);
      assertThat(mirror.ranges()).containsExactly("bytes=1000-", "");
      holdsTheFileAlone();
    }
  }

  @Test
  void asksTheNextMirrorWhereOneDoesNotHaveTheFile() throws Exception {
    try (Mirror first = Mirror.answering(status(404));
        Mirror second = Mirror.answering(whole(CONTENT))) {
      fetch(first, second);
      assertThat(first.ranges()).as("a missing file is asked for once").hasSize(1);
      holdsTheFileAlone();
    }
  }

  @Test
  void asksTheNextMirrorWhereOneHasAnotherFile() throws Exception {
    byte[] other = CONTENT.clone();
    other[5]++;
    try (Mirror first = Mirror.answering(whole(other));
        Mirror second = Mirror.answering(whole(CONTENT))) {
      fetch(first, second);
      assertThat(first.ranges()).as("a wrong file is asked for once").hasSize(1);
      holdsTheFileAlone();
    }
  }

  @Test
  void asksTheNextMirrorWhereOneFallsSilent() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Mirror.Answer silence =
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().flush();
          await(end);
        };
    try (Mirror first = Mirror.answering(silence);
        Mirror second = Mirror.answering(whole(CONTENT))) {
      cache = DownloadCache.at(folder, Duration.ofSeconds(2));
      fetch(first, second);
      end.countDown();
      holdsTheFileAlone();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void namesEachMirrorAndWhyItFailed() throws Exception {
    byte[] other = CONTENT.clone();
    other[5]++;
    try (Mirror missing = Mirror.answering(status(404));
        Mirror wrong = Mirror.answering(whole(other));
        Mirror short_ = Mirror.answering(whole(new byte[10]))) {
      URI closed;
      try (Mirror gone = Mirror.answering(status(200))) {
        closed = gone.uri();
      }
      RemoteFile file =
          new RemoteFile(
              "file",
              CONTENT.length,
              SHA256,
              Packing.PLAIN,
              List.of(missing.uri(), wrong.uri(), short_.uri(), closed));
      assertThatThrownBy(() -> cache.fetch(file, TransferProgress.SILENT))
          .isInstanceOfSatisfying(
              MirrorsFailedException.class,
              e ->
                  assertThat(e.failures())
                      .containsExactly(
                          missing.uri() + ": answered with HTTP status 404",
                          "%s: sent 2000000 bytes with SHA-256 %s, expected 2000000 with %s"
                              .formatted(wrong.uri(), sha256(other), SHA256),
                          short_.uri() + ": offers 10 bytes, expected 2000000",
                          closed + ": ConnectException"));
      holdsNoFile();
    }
  }

  @Test
  void cutsOffAMirrorThatSendsMoreThanTheFile() throws Exception {
    Mirror.Answer flood =
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // chunked: without a length
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(CONTENT);
          }
        };
    try (Mirror mirror = Mirror.answering(flood)) {
      assertThatThrownBy(() -> fetch(mirror))
          .isInstanceOf(MirrorsFailedException.class)
          .hasMessage(mirror.uri() + ": sent more than the expected 2000000 bytes");
      holdsNoFile();
    }
  }

  @Test
  void fetchesADamagedFileAnew() throws Exception {
    try (Mirror mirror = Mirror.answering(whole(CONTENT))) {
      Path place = fetch(mirror);
      byte[] damaged = CONTENT.clone();
      damaged[1_999_999] ^= 1;
      Files.write(place, damaged);
      fetch(mirror);
      assertThat(mirror.ranges()).hasSize(2);
      holdsTheFileAlone();
    }
  }

  @Test
  void storesWhatCameAnotherWay() throws Exception {
    cache.store("file", SHA256, CONTENT.length, new ByteArrayInputStream(CONTENT));
    holdsTheFileAlone();
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void refusesToStoreAnotherFile() throws Exception {
    byte[] other = Arrays.copyOf(CONTENT, 10);
    assertThatThrownBy(
            () -> cache.store("file", SHA256, CONTENT.length, new ByteArrayInputStream(other)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "sent 10 bytes with SHA-256 %s, expected 2000000 with %s", sha256(other), SHA256);
    holdsNoFile();
  }

  @Test
  void refusesAFolderThatCannotBeWritten() throws IOException {
    Path inTheWay = Files.createFile(folder.resolve("file"));
    cache = DownloadCache.at(inTheWay);
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cache " + inTheWay + ": cannot be written (")
        .hasMessageEndingWith("Name another folder with CONVOY_CACHE.");
  }

  @Test
  void fetchesOnceForTwoThreads() throws Exception {
    CountDownLatch bothAsked = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Mirror mirror =
        Mirror.answering(
            exchange -> {
              await(bothAsked);
              whole(CONTENT).to(exchange);
            })) {
      List<Future<Path>> fetched = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        fetched.add(
            threads.submit(
                () -> {
                  bothAsked.countDown();
                  return fetch(mirror);
                }));
      }
      assertThat(fetched.get(0).get()).isEqualTo(fetched.get(1).get());
      assertThat(mirror.ranges()).as("requests").hasSize(1);
      holdsTheFileAlone();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void fetchesOnceForTwoProcesses() throws Exception {
    CountDownLatch bothStarted = new CountDownLatch(1);
    List<Process> processes = new ArrayList<>();
    try (Mirror mirror =
        Mirror.answering(
            exchange -> {
              await(bothStarted);
              whole(CONTENT).to(exchange);
            })) {
      List<BufferedReader> outputs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Process process = startFetch(mirror);
        processes.add(process);
        outputs.add(process.inputReader(StandardCharsets.UTF_8));
      }
      for (BufferedReader output : outputs) {
        assertThat(output.readLine()).isEqualTo("ready");
      }
      bothStarted.countDown();
      for (int i = 0; i < 2; i++) {
        assertThat(outputs.get(i).readLine())
            .isEqualTo(folder.resolve("files").resolve(SHA256).toString());
        assertThat(processes.get(i).waitFor()).as("exit status").isZero();
      }
      assertThat(mirror.ranges()).as("requests").hasSize(1);
      holdsTheFileAlone();
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private Process startFetch(Mirror mirror) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FetchOnce.class.getName(),
            folder.toString(),
            mirror.uri().toString(),
            Integer.toString(CONTENT.length),
            SHA256)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
