import Dispatch
import Glibc

/// Work on many items, side by side on all processors.
public enum Concurrent {
  /// What the body makes of each slice, in the order of the slices. Few items stay on one processor.
  public static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], minimumSlice: Int = 64, _ body: @Sendable (ArraySlice<Item>) -> Result
  ) -> [Result] {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    // A few slices for each processor: whoever is done first takes the next one.
    let size = max(minimumSlice, (items.count + 4 * processors - 1) / (4 * processors))
    let slices = stride(from: 0, to: items.count, by: size).map {
      items[$0..<min($0 + size, items.count)]
    }
    if slices.count < 2 { return slices.map(body) }
    let results = Lock<[Int: Result]>([:])
    DispatchQueue.concurrentPerform(iterations: slices.count) { index in
      let result = body(slices[index])
      results.withLock { $0[index] = result }
    }
    return results.withLock { found in slices.indices.compactMap { found[$0] } }
  }
}
