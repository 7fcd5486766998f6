/**
 * Which GPU a task computes on.
 *
 * <p>Spark gives each executor and each task addresses of GPUs. {@link convoy.driver.gpu.GpuPlugin}
 * starts with an executor, before ND4J does: {@link convoy.driver.gpu.NvidiaSmi} tells what GPUs
 * there are, {@link convoy.driver.gpu.GpuMapping} what CUDA must see and which number it will give
 * each address, and {@link convoy.driver.gpu.Gpus} keeps that for the threads that compute, or the
 * reason why they compute on the CPU.
 */
package convoy.driver.gpu;
