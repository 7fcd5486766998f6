/**
 * Rotation, shifts and flips, drawn anew for each image and epoch. Open {@link
 * convoy.data.augment.Augmenter} first; {@link convoy.data.augment.AffineSampler} has the formulas.
 */
package convoy.data.augment;
