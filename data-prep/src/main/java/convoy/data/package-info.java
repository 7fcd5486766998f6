/**
 * Images in, checked and augmented. {@link convoy.data.source.DatasetSource} is where a data set
 * comes from, {@link convoy.data.RawDataset} what it comes as, and {@link
 * convoy.data.augment.Augmenter} what turns its images into a minibatch.
 */
package convoy.data;
