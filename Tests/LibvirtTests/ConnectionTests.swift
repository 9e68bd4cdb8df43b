import CLibvirt
import Dispatch
import Execution
import Model
import Synchronization
import Testing

@testable import Libvirt

@Suite("A connection with several calls in flight")
struct ConnectionTests {
  private func open(
    callsInFlight: Int = 5, timeoutSeconds: Double? = nil
  ) async throws -> Connection {
    try await LibvirtOpener(callsInFlight: callsInFlight, timeoutSeconds: timeoutSeconds)
      .connect(uri: "test:///default")
  }

  @Test("As many calls run at once as there are lanes")
  func parallel() async throws {
    let connection = try await open(callsInFlight: 3)
    let met = Barrier(3)
    // Each waits for the other two: with fewer lanes none would return.
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<3 { group.addTask { try await connection.call("meet") { _ in met.wait() } } }
      for try await all in group { #expect(all) }
    }
    await connection.close()
  }

  @Test("Long calls leave a lane to the others")
  func longCalls() async throws {
    let connection = try await open(callsInFlight: 2)
    let release = DispatchSemaphore(value: 0)
    async let first: Void = connection.call("long", isLong: true) { _ in release.wait() }
    async let second: Void = connection.call("long", isLong: true) { _ in release.wait() }
    let uri = try await connection.call("virConnectGetURI") { connection throws(HypervisorError) in
      try LibvirtText(virConnectGetURI(connection), "virConnectGetURI").string
    }
    #expect(uri == "test:///default")
    release.signal()
    release.signal()
    _ = try await (first, second)
    await connection.close()
  }

  @Test("A call after close is unreachable")
  func closed() async throws {
    let connection = try await open()
    await connection.close()
    let error = await #expect(throws: HypervisorError.self) {
      try await connection.call("virConnectGetURI") { _ in }
    }
    #expect(error?.code == .unreachable)
    #expect(error?.call == "virConnectGetURI")
  }

  @Test("A call that does not return times out and takes the connection with it")
  func timeout() async throws {
    let connection = try await open(timeoutSeconds: 0.1)
    let release = DispatchSemaphore(value: 0)
    let error = await #expect(throws: HypervisorError.self) {
      try await connection.call("stuck") { _ in release.wait() }
    }
    #expect(error?.code == .timeout)
    #expect(error?.call == "stuck")
    let later = await #expect(throws: HypervisorError.self) {
      try await connection.call("later") { _ in }
    }
    #expect(later?.code == .unreachable)
    await connection.close()
    release.signal()
  }

  @Test("A reading that does not return times out")
  func batchTimeout() async throws {
    let connection = try await open(timeoutSeconds: 0.1)
    let release = DispatchSemaphore(value: 0)
    let error = await #expect(throws: HypervisorError.self) {
      try await Batch.run(on: connection) { batch in
        batch.add(count: 10) { _, index in if index == 7 { release.wait() } }
      }
    }
    #expect(error?.code == .timeout)
    release.signal()
  }

  @Test("A batch does every item once, and those that items add")
  func batch() async throws {
    let connection = try await open()
    let seen = Lock<[Int]>([])
    try await Batch.run(on: connection) { batch in
      batch.add(count: 100) { _, index in
        seen.withLock { $0.append(index) }
        if index == 50 {
          batch.add(count: 10) { _, index in seen.withLock { $0.append(100 + index) } }
        }
      }
    }
    #expect(seen.withLock { $0.sorted() } == Array(0..<110))
    await connection.close()
  }

  @Test("A batch's first error is its error, and stops what has not begun")
  func batchError() async throws {
    let connection = try await open(callsInFlight: 1)
    let count = Atomic(0)
    let error = await #expect(throws: HypervisorError.self) {
      try await Batch.run(on: connection) { batch in
        batch.add(count: 100) { _, index throws(HypervisorError) in
          count.add(1, ordering: .relaxed)
          if index == 3 { throw HypervisorError(.refused, call: "c", message: "m") }
        }
      }
    }
    #expect(error?.code == .refused)
    #expect(count.load(ordering: .relaxed) == 4)
    await connection.close()
  }

  @Test("libvirt's own words come with the code")
  func error() async throws {
    let connection = try await open()
    let error = await #expect(throws: HypervisorError.self) {
      try await connection.call("virDomainLookupByName") { connection throws(HypervisorError) in
        _ = try DomainHandle(named: "nobody", on: connection)
      }
    }
    #expect(error?.code == .notFound)
    #expect(error?.libvirtCode == Int32(VIR_ERR_NO_DOMAIN.rawValue))
    #expect(error?.message.contains("omain not found") == true)
    await connection.close()
  }

  @Test(
    "A host that cannot be opened is unreachable",
    arguments: [
      "qemu:///system?socket=/nonexistent/libvirt-sock", "nosuchdriver:///", "test:///nonexistent",
      "qemu+tcp://127.0.0.1:1/system",
    ])
  func unreachable(uri: String) async throws {
    let error = await #expect(throws: HypervisorError.self) {
      _ = try await LibvirtOpener().open(uri: uri)
    }
    #expect(error?.code == .unreachable)
    #expect(error?.message.isEmpty == false)
  }

  @Test("Opening gives up at its deadline")
  func openTimeout() async throws {
    let listener = try #require(SilentListener())
    let error = await #expect(throws: HypervisorError.self) {
      _ = try await LibvirtOpener(timeoutSeconds: 0.2)
        .open(uri: "qemu:///system?socket=\(listener.path)")
    }
    #expect(error?.code == .timeout)
    listener.close()
  }

  @Test("A lock by name is held by one at a time")
  func keyedLock() async throws {
    let lock = KeyedLock()
    let crowd = Crowd()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await lock.whileHolding("pool") { () async throws(HypervisorError) in
            crowd.enter()
            await Task.yield()
            crowd.leave()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(crowd.most == 1)
  }
}

/// How many were inside at once.
private final class Crowd: Sendable {
  private let state = Lock((now: 0, most: 0))

  var most: Int { state.withLock { $0.most } }

  func enter() {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }
}

/// Threads that wait for one another; false when not all came within ten seconds.
private final class Barrier: Sendable {
  private let arrived = Lock(0)
  private let opened = DispatchSemaphore(value: 0)
  private let count: Int

  init(_ count: Int) { self.count = count }

  func wait() -> Bool {
    let isLast = arrived.withLock { arrived in
      arrived += 1
      return arrived == count
    }
    if isLast { for _ in 1..<count { opened.signal() } }
    return isLast || opened.wait(timeout: .now() + 10) == .success
  }
}
