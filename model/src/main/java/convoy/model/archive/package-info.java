/**
 * Trained networks on disk, in DL4J's own format. Open {@link convoy.model.archive.ModelArchive};
 * {@code ArchiveReader} lists what a file must hold to be believed.
 */
package convoy.model.archive;
