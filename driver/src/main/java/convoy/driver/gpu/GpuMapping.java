package convoy.driver.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an executor lets CUDA see of the GPUs that Spark gave it: these and no others, in the order
 * of the addresses, so that CUDA's number of a GPU is the position of its address.
 *
 * <p>Addresses are what a discovery script prints: numbers in the order of PCI buses, UUIDs, or ids
 * of MIG slices. Where {@code CUDA_VISIBLE_DEVICES} is set already, by YARN, by a container or by
 * hand, nothing beyond it becomes visible: addresses are found in it by name, or, where it names
 * other things (a container numbers its GPUs anew), by position.
 *
 * @param addresses of the executor
 * @param visible the entries of {@code CUDA_VISIBLE_DEVICES}, one for each address
 */
record GpuMapping(List<String> addresses, List<String> visible) {
  /**
   * For an executor's addresses, at least one.
   *
   * @param set what {@code CUDA_VISIBLE_DEVICES} is set to; null if it is not
   * @throws IllegalArgumentException if it does not go with the addresses
   */
  static GpuMapping of(List<String> addresses, String set) {
    if (set == null) {
      return new GpuMapping(addresses, addresses);
    }
    List<String> names = names(set);
    List<String> found = new ArrayList<>();
    for (String address : addresses) {
      names.stream().filter(name -> isSame(name, address)).findFirst().ifPresent(found::add);
    }
    if (found.size() == addresses.size()) {
      return new GpuMapping(addresses, List.copyOf(found));
    }
    if (found.isEmpty() && names.size() == addresses.size()) {
      return new GpuMapping(addresses, names);
    }
    throw new IllegalArgumentException(
        "Spark gave this executor GPU %s, but CUDA_VISIBLE_DEVICES is '%s'. Unset it, or set it to the same or as many."
            .formatted(String.join(", ", addresses), set));
  }

  /** CUDA's number of an address that Spark gave a task. */
  int ordinal(String address) {
    int position = addresses.indexOf(address);
    if (position < 0) {
      throw new IllegalArgumentException(
          "Spark gave a task GPU %s, but its executor GPU %s"
              .formatted(address, String.join(", ", addresses)));
    }
    return position;
  }

  /** What CUDA makes of the variable: names up to the first that names nothing. */
  static List<String> names(String visible) {
    List<String> names = new ArrayList<>();
    for (String part : visible.split(",", -1)) {
      String name = part.strip();
      if (!name.matches("\\d+") && !isUuid(name) && !isSlice(name)) {
        break;
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  static boolean isUuid(String name) {
    return name.startsWith("GPU-");
  }

  static boolean isSlice(String name) {
    return name.toUpperCase(Locale.ROOT).startsWith("MIG");
  }

  /** CUDA accepts abbreviated UUIDs. */
  private static boolean isSame(String name, String address) {
    return name.equals(address)
        || (isUuid(name)
            && isUuid(address)
            && (address.startsWith(name) || name.startsWith(address)));
  }
}
