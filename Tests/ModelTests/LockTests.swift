import Dispatch
import Model
import Testing

@Suite("A value behind a lock") struct LockTests {
  @Test("nothing that many threads add gets lost")
  func threads() {
    let lock = Lock((count: 0, items: [Int]()))
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<20_000 {
        lock.withLock {
          $0.count += 1
          $0.items.append(thread)
        }
      }
    }
    let (count, items) = lock.withLock { ($0.count, $0.items) }
    #expect(count == 160_000)
    #expect((0..<8).allSatisfy { thread in items.count { $0 == thread } == 20_000 })
  }

  @Test("it is free again after an error")
  func errors() {
    let lock = Lock(1)
    #expect(throws: Refusal.self) {
      try lock.withLock { value throws(Refusal) in
        value = 2
        throw Refusal()
      }
    }
    #expect(lock.withLock { $0 } == 2)
  }

  @Test("what it holds goes with it")
  func lifetime() {
    weak var held: Held?
    do {
      let lock = Lock(Held())
      lock.withLock { held = $0 }
      #expect(held != nil)
      lock.withLock { _ in }
    }
    #expect(held == nil)
  }

  private struct Refusal: Error {}
  private final class Held: Sendable {}
}
