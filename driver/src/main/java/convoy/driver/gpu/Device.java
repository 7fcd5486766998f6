package convoy.driver.gpu;

/** What to compute on. */
public enum Device {
  /** The CPU, whatever there is. */
  CPU,

  /** GPUs, or not at all. */
  GPU,

  /** GPUs where ND4J can use them, or else the CPU. */
  AUTO
}
