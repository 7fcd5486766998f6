/**
 * Run directories and other output on any Hadoop file system: everything is written beside its
 * place and renamed into it. Open {@link convoy.driver.store.RunDirectory} first.
 */
package convoy.driver.store;
