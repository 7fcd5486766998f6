/**
 * The named networks: records that build a DL4J configuration and carry the recipe they are trained
 * by. Open {@link convoy.model.zoo.Zoo} for the names, {@link convoy.model.zoo.Network} for what
 * each one says about itself.
 */
package convoy.model.zoo;
