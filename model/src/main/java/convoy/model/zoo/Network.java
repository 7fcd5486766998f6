package convoy.model.zoo;

/** A network description: what architecture, for which images. Open {@link Zoo} for the names. */
public interface Network {
  /** The name on the command line. */
  String name();

  /** The images it takes, as [batch, channels, height, width] in float32. */
  InputShape input();

  /** Classes it tells apart. */
  int classes();

  /** How it is trained by default. */
  Recipe recipe();

  /** DL4J's configuration of it, in DL4J's JSON. */
  String configuration(Optimizer optimizer, double learningRate, long seed);
}
