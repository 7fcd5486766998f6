/**
 * Hyperparameter sweeps. A {@link convoy.driver.sweep.SweepSpec} says what is searched; {@link
 * convoy.driver.sweep.Sweep}, to be opened first, hands trials to task slots as they become free
 * and decides after every epoch which go on; every decision is an {@link convoy.driver.sweep.Entry}
 * of the {@link convoy.driver.sweep.Journal}, from which {@link convoy.driver.sweep.Standings} and
 * so a sweep whose driver died follow; {@link convoy.driver.sweep.TrialEpoch} is what a task does.
 * {@link convoy.driver.sweep.SweepResult} is what comes out.
 */
package convoy.driver.sweep;
