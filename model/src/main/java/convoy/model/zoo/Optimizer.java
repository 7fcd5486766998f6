package convoy.model.zoo;

/** The update rules that the command line offers, with DL4J's defaults for everything but the learning rate. */
public enum Optimizer {
  SGD,
  NESTEROV,
  ADAM,
  RMSPROP
}
