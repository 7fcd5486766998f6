package convoy.model.zoo;

import java.io.Serializable;

/**
 * How a network is trained unless the command line says otherwise.
 *
 * @param learningRate step size, above 0
 * @param batchSize images of one minibatch of one worker, at least 1
 * @param epochs passes over the training images; 0 where {@code steps} counts instead
 * @param steps minibatches of each worker; 0 where {@code epochs} counts instead
 */
public record Recipe(Optimizer optimizer, double learningRate, int batchSize, int epochs, int steps)
    implements Serializable {}
