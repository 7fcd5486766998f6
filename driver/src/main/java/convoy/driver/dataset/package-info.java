/**
 * Prepared image sets: Parquet that anything can read, and the blocks of bytes that executors keep.
 * Open {@link convoy.driver.dataset.PreparedDataset} first; {@link
 * convoy.driver.dataset.BlockLayout} says which image goes where.
 */
package convoy.driver.dataset;
