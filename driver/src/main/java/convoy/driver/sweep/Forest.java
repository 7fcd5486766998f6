package convoy.driver.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small random forest for regression: the mean of trees, each grown on as many draws with
 * repetition as there are points (Breiman 2001, "Random Forests").
 */
final class Forest {
  private static final int TREES = 32;

  /** Points in a leaf, at least. */
  private static final int LEAF = 2;

  private final List<Node> trees;

  private Forest(List<Node> trees) {
    this.trees = List.copyOf(trees);
  }

  /**
   * Grows a forest; the same for the same seed.
   *
   * @param points at least one, all of the same length
   * @param scores one a point
   */
  static Forest of(List<double[]> points, List<Double> scores, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Node> trees = new ArrayList<>();
    for (int tree = 0; tree < TREES; tree++) {
      List<Row> drawn = new ArrayList<>();
      for (int i = 0; i < points.size(); i++) {
        int row = random.nextInt(points.size());
        drawn.add(new Row(points.get(row), scores.get(row)));
      }
      trees.add(grown(drawn));
    }
    return new Forest(trees);
  }

  /** The score that a point is expected to have. */
  double at(double[] point) {
    double sum = 0;
    for (Node tree : trees) {
      sum += tree.at(point);
    }
    return sum / trees.size();
  }

  private static Node grown(List<Row> rows) {
    Split best = null;
    for (int feature = 0; feature < rows.get(0).point.length; feature++) {
      Split split = split(rows, feature);
      if (split != null && (best == null || split.quality > best.quality)) {
        best = split;
      }
    }
    if (best == null) {
      return new Leaf(sum(rows) / rows.size());
    }
    List<Row> below = new ArrayList<>();
    List<Row> above = new ArrayList<>();
    for (Row row : rows) {
      (row.point[best.feature] < best.bound ? below : above).add(row);
    }
    return new Fork(best.feature, best.bound, grown(below), grown(above));
  }

  /** The split by a feature that leaves the least squared error; null where none lessens it. */
  private static Split split(List<Row> rows, int feature) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(row -> row.point[feature]));
    double sum = sum(rows);
    // The squared error is the sum of squares, which no split changes, less this.
    double undivided = sum * sum / rows.size();
    double least = undivided + 1e-12 * Math.abs(undivided);
    Split best = null;
    double left = 0;
    for (int below = 1; below <= sorted.size() - LEAF; below++) {
      left += sorted.get(below - 1).score;
      double from = sorted.get(below - 1).point[feature];
      double to = sorted.get(below).point[feature];
      if (below < LEAF || from == to) {
        continue;
      }
      double right = sum - left;
      double quality = left * left / below + right * right / (sorted.size() - below);
      if (quality > (best == null ? least : best.quality)) {
        best = new Split(feature, (from + to) / 2, quality);
      }
    }
    return best;
  }

  private static double sum(List<Row> rows) {
    return rows.stream().mapToDouble(row -> row.score).sum();
  }

  /** A point with its score; a class because a record should not hold an array. */
  private static final class Row {
    private final double[] point;
    private final double score;

    Row(double[] point, double score) {
      this.point = point;
      this.score = score;
    }
  }

  /** Where to divide; the higher its quality the better. */
  private record Split(int feature, double bound, double quality) {}

  private sealed interface Node {
    double at(double[] point);
  }

  private record Leaf(double mean) implements Node {
    @Override
    public double at(double[] point) {
      return mean;
    }
  }

  private record Fork(int feature, double bound, Node below, Node above) implements Node {
    @Override
    public double at(double[] point) {
      return (point[feature] < bound ? below : above).at(point);
    }
  }
}
