/**
 * What a network takes: parameters, multiply-adds and memory, layer by layer, without building it.
 * Open {@link convoy.model.cost.NetworkCost} first.
 */
package convoy.model.cost;
