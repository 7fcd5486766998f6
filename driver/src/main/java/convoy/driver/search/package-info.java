/**
 * What is searched and how: a {@link convoy.driver.search.Space} of settings, points in it, and the
 * ways to propose the next one. Open {@link convoy.driver.search.Search} first. Nothing here knows
 * what is trained.
 */
package convoy.driver.search;
