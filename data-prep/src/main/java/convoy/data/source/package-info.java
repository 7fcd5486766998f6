/**
 * Where data sets come from: a folder, this machine's cache, public mirrors, the npm client. Open
 * {@link convoy.data.source.DatasetSource} first; {@link convoy.data.source.DownloadCache} keeps
 * what was fetched, by SHA-256.
 */
package convoy.data.source;
