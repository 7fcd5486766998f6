package convoy.driver.gpu;

/** GPUs were asked for, and an executor cannot use them; the message says where and why. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was found on the executor. */
  public DeviceException(String found) {
    super(
        "An executor cannot compute on the GPU it was given: %s. Give it another, or go on with the CPU by --device cpu; --device auto takes GPUs where they can be used."
            .formatted(found));
  }
}
