/**
 * Tests of what users get: the launcher, the application jar under Spark's submit class, runs on
 * HDFS.
 */
package convoy.deploy;
