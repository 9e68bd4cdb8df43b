/// libvirt's syntax of sets of processors and NUMA nodes.
public enum CPUSet {
  /// The members of `0-3,^2,8`; nil when it is none.
  public static func members(_ text: String) -> Set<Int>? {
    var result: Set<Int> = []
    for part in text.split(separator: ",") {
      let excluded = part.hasPrefix("^")
      let ends = (excluded ? part.dropFirst() : part).split(separator: "-").map { Int($0) }
      guard let first = ends.first, let start = first, let last = ends.last, let end = last,
        start <= end,
        end < 65_536
      else { return nil }
      if excluded { result.subtract(start...end) } else { result.formUnion(start...end) }
    }
    return result
  }
}
