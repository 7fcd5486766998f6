/**
 * Local training and inference on one thread, and what makes them fast. Open {@link
 * convoy.model.engine.Engine}; {@code Dl4jTrainer} holds the training step, {@link
 * convoy.model.engine.ConvolutionPath} says how convolutions are computed.
 */
package convoy.model.engine;
