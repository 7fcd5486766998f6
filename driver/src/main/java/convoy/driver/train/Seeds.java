package convoy.driver.train;

/** Derives the seed of a part of a run from the run's seed and the part's place in it. */
public final class Seeds {
  private Seeds() {}

  /**
   * A seed that follows from all words and, for different words, has nothing to do with their other
   * seeds.
   *
   * <p>The mixing function is variant 13 of Stafford's "Better Bit Mixing", as {@link
   * java.util.SplittableRandom} uses it.
   */
  public static long of(long... words) {
    long mixed = 0;
    for (long word : words) {
      mixed = mix(mixed + 0x9e3779b97f4a7c15L + word);
    }
    return mixed;
  }

  private static long mix(long word) {
    long once = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
    return twice ^ (twice >>> 31);
  }
}
