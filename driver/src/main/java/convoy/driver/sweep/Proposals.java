package convoy.driver.sweep;

import convoy.driver.search.Point;
import convoy.driver.search.Search;
import convoy.driver.sweep.SweepSpec.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Which trial of a search begins next. */
final class Proposals {
  private final SweepSpec spec;
  private final Search search;
  private final ToLongFunction<Trial.Ref> cost;

  /** All trials in the order in which they begin; null as long as nobody asked. */
  private List<Trial.Ref> order;

  /**
   * For a search.
   *
   * @param cost of a trial's network, in any unit
   */
  Proposals(SweepSpec spec, ToLongFunction<Trial.Ref> cost) {
    this.spec = spec;
    this.cost = cost;
    search = spec.search();
  }

  /**
   * The next one, if there is any.
   *
   * @param begun the search's trials so far
   */
  Optional<Trial.Ref> next(List<Trial> begun) {
    if (begun.size() >= spec.budget().trials()) {
      return Optional.empty();
    }
    if (isOrdered()) {
      order = order == null ? costlyFirst() : order;
      Set<String> known =
          begun.stream().map(trial -> trial.ref().directory()).collect(Collectors.toSet());
      return order.stream().filter(ref -> !known.contains(ref.directory())).findFirst();
    }
    return ref(begun.size(), begun);
  }

  /**
   * Where the points are known beforehand, a long trial need not be the last one, alone in its slot
   * while the others are idle. Where the time is bounded nobody knows how many trials there will
   * be, and those that begin are to be a sample of all.
   */
  private boolean isOrdered() {
    return spec.method() != Method.TPE && spec.budget().time().isEmpty();
  }

  private List<Trial.Ref> costlyFirst() {
    record Costed(Trial.Ref ref, long cost) {}
    List<Costed> all = new ArrayList<>();
    Optional<Trial.Ref> ref = ref(0, List.of());
    while (ref.isPresent()) {
      all.add(new Costed(ref.get(), cost.applyAsLong(ref.get())));
      ref = all.size() < spec.budget().trials() ? ref(all.size(), List.of()) : Optional.empty();
    }
    return all.stream()
        .sorted(Comparator.comparingLong(Costed::cost).reversed())
        .map(Costed::ref)
        .toList();
  }

  private Optional<Trial.Ref> ref(int index, List<Trial> begun) {
    Optional<Point> point = search.point(index, Seen.by(begun, spec.objective()));
    return point.map(p -> Trial.Ref.searched(index + 1, p, spec.seed()));
  }
}
