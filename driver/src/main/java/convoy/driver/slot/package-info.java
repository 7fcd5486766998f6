/**
 * The threads of an executor that own its networks. Open {@link convoy.driver.slot.ComputeSlots}.
 */
package convoy.driver.slot;
