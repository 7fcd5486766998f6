/**
 * The command line: options, what a person sees, exit statuses. Open {@link
 * convoy.driver.cli.TrainCommand} first; it reads as a table of contents of the main job.
 */
package convoy.driver.cli;
