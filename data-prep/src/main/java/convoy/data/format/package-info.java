/**
 * Readers of raw image files, which believe nothing a header says before the file bears it out.
 * Open {@link convoy.data.format.IdxFiles} first, then {@link convoy.data.format.CifarFiles}; both
 * read {@link convoy.data.format.RawFile}s found in a {@link convoy.data.format.RawFolder}. {@link
 * convoy.data.format.ImageFile} decodes single pictures.
 */
package convoy.data.format;
