package convoy.driver.train;

/** Training left the numbers that a float can hold; the message names the round. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(int epoch, int round, double loss) {
    super(
        "epoch %d, round %d: %s. Training has diverged: lower --learning-rate."
            .formatted(
                epoch,
                round,
                Double.isFinite(loss)
                    ? "a parameter is not a number any more"
                    : "the loss is " + loss));
  }
}
