package convoy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of {@code BENCHMARKS.md}: runs the measurements in turns, what is compared one after
 * the other, and prints medians. {@code bench/run} starts it.
 */
public final class Benchmarks {
  private static final List<String> NETWORKS = List.of("lenet5", "cifar-deep");
  private static final int TRAINED = 128;
  private static final int SCORED = 1_000;

  private final Path folder;
  private final String peer;
  private final String cifar;

  private Benchmarks(Path folder, String peer, String cifar) {
    this.folder = folder;
    this.peer = peer;
    this.cifar = cifar;
  }

  /**
   * Takes the benchmarks' folder, the number of turns, and the parts to run, which are then run in
   * every turn; without parts all are run and the file is written.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    int turns = Integer.parseInt(args[1]);
    List<String> wanted = Arrays.asList(args).subList(2, args.length);
    Benchmarks benchmarks =
        new Benchmarks(
            folder,
            System.getenv().getOrDefault("PYTORCH_PEER", ""),
            System.getenv().getOrDefault("CIFAR10", "cifar10"));
    List<String> known = benchmarks.parts().map(Part::name).toList();
    if (turns < 1 || !known.containsAll(wanted)) {
      System.err.println("bench/run TURNS PART...: at least one turn, of these parts: " + known);
      System.exit(2);
    }
    List<Part> parts =
        benchmarks
            .parts()
            .filter(part -> wanted.isEmpty() ? part.when != When.NAMED : wanted.contains(part.name))
            .toList();
    List<Map<String, Double>> measured = new ArrayList<>();
    for (int turn = 1; turn <= turns; turn++) {
      Map<String, Double> values = new HashMap<>();
      for (Part part : turn == 1 || !wanted.isEmpty() ? parts : ofEveryTurn(parts)) {
        for (Program program : part.programs) {
          Map<String, Double> found = program.run();
          System.err.println("turn " + turn + ": " + found);
          values.putAll(found);
        }
      }
      measured.add(values);
    }
    String table =
        parts.stream()
            .flatMap(part -> part.rows.stream())
            .map(row -> row.of(measured))
            .collect(Collectors.joining("", Row.HEADER, ""));
    System.out.print(table);
    if (wanted.isEmpty()) {
      Files.writeString(
          folder.resolveSibling("BENCHMARKS.md"), Machine.describe(turns) + "\n" + table);
    }
  }

  /** When a part is measured; one that is named, in each turn. */
  private enum When {
    EACH_TURN,

    /** It takes long. */
    FIRST_TURN,

    /** It takes half an hour. */
    NAMED
  }

  /** What can be measured by itself. */
  private record Part(String name, When when, List<Program> programs, List<Row> rows) {
    Part(String name, List<Program> programs, List<Row> rows) {
      this(name, When.EACH_TURN, programs, rows);
    }
  }

  private static List<Part> ofEveryTurn(List<Part> parts) {
    return parts.stream().filter(part -> part.when == When.EACH_TURN).toList();
  }

  private Stream<Part> parts() {
    return Stream.of(
        step(),
        epoch(),
        rounds(),
        scaling(),
        evaluation(),
        augmentation(),
        reading(),
        memory(),
        sweep());
  }

  private Part step() {
    List<Program> programs = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (String network : NETWORKS) {
      String name = network + ", one thread, batch ";
      // Stock DL4J takes seconds over a step of cifar-deep.
      String few = network.equals("lenet5") ? "20" : "4";
      programs.add(java("convoy " + network, "LocalStep", "convoy", network, "128", "100"));
      addPeer(programs, "pytorch " + network, network, TRAINED, 100);
      programs.add(stock("stock " + network, "LocalStep", "stock", network, "128", few));
      programs.add(java("convoy 1000 " + network, "LocalStep", "convoy", network, "1000", "20"));
      addPeer(programs, "pytorch 1000 " + network, network, SCORED, 20);
      String pytorch = "PyTorch, float32 NCHW";
      boolean small = network.equals("lenet5");
      rows.add(
          Row.rates(
              "training, " + name + TRAINED,
              "convoy " + network + ":train",
              pytorch,
              "pytorch " + network + ":train",
              small ? "0.75" : "1.0"));
      rows.add(
          Row.rates(
              "the same",
              "convoy " + network + ":train",
              "stock DL4J, `fit`",
              "stock " + network + ":train",
              small ? "7" : "14"));
      rows.add(
          Row.rates(
              "inference, " + name + "1,000",
              "convoy 1000 " + network + ":infer",
              pytorch,
              "pytorch 1000 " + network + ":infer",
              "1.2"));
    }
    return new Part("step", programs, rows);
  }

  private Part epoch() {
    Map<String, String> feeds =
        Map.of(
            "EXPORT_IMAGES", "single images, exported to files, its default",
            "EXPORT_MINIBATCHES", "ready minibatches, exported to files",
            "DIRECT_IMAGES", "single images, directly");
    List<Program> programs = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (String feed : feeds.keySet().stream().sorted().toList()) {
      programs.add(java("convoy " + feed, "EpochAgainstStock", "convoy"));
      programs.add(stock("stock " + feed, "EpochAgainstStock", feed));
      rows.add(
          Row.times(
              "an epoch of MNIST, lenet5, `local[2]`, averaging frequency 10",
              "convoy " + feed + ":epoch",
              "stock `ParameterAveragingTrainingMaster`, fed " + feeds.get(feed),
              "stock " + feed + ":epoch",
              "30"));
    }
    return new Part("epoch", When.FIRST_TURN, programs, rows);
  }

  private Part rounds() {
    return new Part(
        "rounds",
        List.of(java("rounds", "Rounds", "1000000", "2", "300")),
        List.of(
            Row.single(
                "a round less its slowest worker's compute, 1 million parameters, Adam, 2 workers",
                "rounds:overhead",
                "ms",
                "at most 25")));
  }

  private Part scaling() {
    return new Part(
        "scaling",
        List.of(
            java("scaling lenet5", "Scaling", "lenet5", "mnist", "15", "7"),
            java("scaling cifar-deep", "Scaling", "cifar-deep", cifar, "3", "5")),
        besideTwoThreads(
            "two workers on two cores against one on one",
            "scaling",
            "speedup",
            "training",
            "1.85"));
  }

  private Part evaluation() {
    return new Part(
        "evaluation",
        List.of(
            java("evaluation lenet5", "EvaluationSpeed", "lenet5", "mnist", "60000", "15"),
            java("evaluation cifar-deep", "EvaluationSpeed", "cifar-deep", cifar, "10000", "5")),
        besideTwoThreads(
            "evaluation on `local[2]` against twice one thread's inference",
            "evaluation",
            "efficiency",
            "inference",
            "0.9"));
  }

  /** A row for each network: what Convoy makes of two cores, beside two threads without Spark. */
  private static List<Row> besideTwoThreads(
      String what, String part, String figure, String work, String aim) {
    return NETWORKS.stream()
        .map(
            network ->
                new Row(
                    what + ", " + network,
                    part + " " + network + ":" + figure,
                    "two threads of " + work + " alone",
                    part + " " + network + ":possible",
                    "times",
                    false,
                    aim))
        .toList();
  }

  private Part augmentation() {
    return new Part(
        "augmentation",
        List.of(java("augmentation", "Augmenting")),
        List.of(
            Row.single(
                "rotating, shifting and flipping 28×28×1, one thread",
                "augmentation:grey",
                "images/s",
                "300,000"),
            Row.single("the same of 32×32×3", "augmentation:colour", "images/s", "100,000")));
  }

  private Part reading() {
    return new Part(
        "reading",
        List.of(java("reading", "Reading")),
        List.of(
            Row.single(
                "reading a prepared MNIST into executors, Spark being up",
                "reading:read",
                "s",
                "under 2")));
  }

  private Part sweep() {
    return new Part(
        "sweep",
        When.NAMED,
        List.of(java("halving", "Sweeping", "halving"), java("none", "Sweeping", "none")),
        List.of(
            Row.times(
                "a sweep of 30 trials of MNIST, four networks, halving, `local[2]`",
                "halving:sweep",
                "the same trials in waves of two",
                "halving:waves",
                "1.5"),
            Row.single("busy share of the slots meanwhile", "halving:busy", "", "at least 0.90"),
            Row.times(
                "likewise without stopping, an epoch each",
                "none:sweep",
                "the same trials in waves of two",
                "none:waves",
                ""),
            Row.single("busy share of the slots meanwhile", "none:busy", "", "at least 0.90")));
  }

  private Part memory() {
    return new Part(
        "memory",
        When.FIRST_TURN,
        List.of(
            java("memory", "MemoryGrowth", cifar, "16", "50", "1000")
                // All of the heap is resident from the start: what grows lies outside it.
                .with("CONVOY_JAVA_OPTS", "-Xms2g -Xmx2g -XX:+AlwaysPreTouch")),
        List.of(
            Row.single(
                "resident memory after 1,000 rounds of cifar-deep against after 50",
                "memory:growth",
                "times",
                "at most 1.05")));
  }

  private Program java(String name, String measurement, String... arguments) {
    List<String> command = new ArrayList<>(List.of(folder.resolve("java").toString(), measurement));
    command.addAll(List.of(arguments));
    return new Program(name, command);
  }

  /** DL4J as it comes, with ND4J's own operations. */
  private Program stock(String name, String measurement, String... arguments) {
    return java(name, measurement, arguments)
        .with("CONVOY_JAVA_OPTS", "-Dopexec=org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner");
  }

  private void addPeer(
      List<Program> programs, String name, String network, int batch, int iterations) {
    if (!peer.isEmpty()) {
      programs.add(
          new Program(
              name,
              List.of(
                  peer, network, "fp32", Integer.toString(batch), Integer.toString(iterations))));
    }
  }
}
