package convoy.data.source;

/** Hears how far a transfer is. */
@FunctionalInterface
public interface TransferProgress {
  /** Hears nothing. */
  TransferProgress SILENT = (file, done, total) -> {};

  /**
   * Called from time to time, and once at the end with {@code done == total}.
   *
   * @param file the file's name
   * @param done bytes present
   * @param total bytes of the whole file, or -1 where the sender does not say
   */
  void update(String file, long done, long total);
}
