/**
 * Labels for images that have none. Open {@link convoy.driver.predict.Predictor} first; {@link
 * convoy.driver.predict.ImageSource} is what images are read from, {@link
 * convoy.driver.predict.PredictionDirectory} what they become.
 */
package convoy.driver.predict;
