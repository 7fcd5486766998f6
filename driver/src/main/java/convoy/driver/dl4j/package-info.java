/**
 * Convoy's rounds for programs written against dl4j-spark. Open {@link
 * convoy.driver.dl4j.ConvoyTrainingMaster}: it takes the place of {@code
 * ParameterAveragingTrainingMaster}.
 */
package convoy.driver.dl4j;
