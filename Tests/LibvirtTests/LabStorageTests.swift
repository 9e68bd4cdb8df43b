import Execution
import Glibc
import Libvirt
import Model
import Planning
import Testing

@Suite("Pools and volumes on a daemon", .enabled(if: Lab.isThere))
struct LabStorageTests {
  /// A folder that the daemon sees under the same path.
  private let folder = "/tmp/" + Lab.name("virtspec-pool-")

  private func withPool(_ body: (Host, String) async throws -> Void) async throws {
    let host = try await Host.open(Lab.uri)
    let name = Lab.name("pool-")
    let spec = Record([("type", "dir"), ("path", .string(folder))])
    try await host.perform(.definePool(.of(.pool, name, spec)), .pool, name)
    try await host.perform(.buildPool, .pool, name)
    try await host.perform(.startPool, .pool, name)
    let result = await Result { try await body(host, name) }
    await host.tidy([.stopPool, .undefinePool], .pool, name)
    rmdir(folder)
    await host.hypervisor.close()
    try result.get()
  }

  @Test("A pool is defined, built, started, changed, stopped and undefined")
  func pool() async throws {
    try await withPool { host, name in
      let pool = try await host.pool(name)
      #expect(pool.active && pool.persistent && !pool.autostart)
      #expect(pool.spec.string("path") == folder)
      #expect(pool.uuid == Digest.uuid(stack: "tests", kind: .pool, name: name))
      try await host.perform(.setPoolAutostart(true), .pool, name)
      let spec = Record([("permissions", ["mode": "0700"])])
      try await host.perform(
        .definePool(.of(.pool, name, spec, over: pool.fingerprint)), .pool, name)
      let changed = try await host.pool(name)
      #expect(changed.autostart)
      #expect(changed.spec.record("permissions")?.string("mode") == "0700")
      #expect(changed.spec.string("path") == folder)
      #expect(changed.uuid == pool.uuid)
      let late = Definition.of(.pool, name, spec, over: pool.fingerprint)
      #expect(try await host.refusal(.definePool(late), .pool, name).code == .changed)
      try await host.perform(.stopPool, .pool, name)
      try await host.perform(.stopPool, .pool, name)
      #expect(try await !host.pool(name).active)
    }
  }

  @Test("Its fingerprint does not change as it fills")
  func fingerprint() async throws {
    try await withPool { host, name in
      let before = try await host.pool(name).fingerprint
      let volume = "\(name)/disk"
      let spec = Record([("capacity", .integer(1 << 20)), ("format", "raw")])
      try await host.perform(.createVolume(spec: spec), .volume, volume)
      #expect(try await host.pool(name).fingerprint == before)
      try await host.perform(.removeVolume, .volume, volume)
    }
  }

  @Test("A volume is created, grown and removed; shrinking it is refused")
  func volume() async throws {
    try await withPool { host, name in
      let id = "\(name)/base.qcow2"
      let spec = Record([("capacity", .integer(8 << 20)), ("format", "qcow2")])
      try await host.perform(.createVolume(spec: spec), .volume, id)
      #expect(
        try await host.refusal(.createVolume(spec: spec), .volume, id).code == .changed)
      let made = try #require(try await host.pool(name).volumes.first)
      #expect(made.name == "base.qcow2")
      #expect(made.path == folder + "/base.qcow2")
      #expect(made.spec.integer("capacity") == 8 << 20)
      #expect(made.spec.string("format") == "qcow2")

      try await host.perform(.resizeVolume(bytes: 16 << 20), .volume, id)
      let refusal = try await host.refusal(.resizeVolume(bytes: 8 << 20), .volume, id)
      #expect(refusal.code == .refused)
      #expect(refusal.message == "base.qcow2 has 16MiB; shrinking it to 8MiB would lose data")
      let grown = try #require(try await host.pool(name).volumes.first)
      #expect(grown.spec.integer("capacity") == 16 << 20)
      #expect(grown.fingerprint != made.fingerprint)

      let overlay = Record([
        ("capacity", .integer(16 << 20)), ("format", "qcow2"),
        ("backingPath", .string(made.path)), ("backingFormat", "qcow2"),
      ])
      try await host.perform(.createVolume(spec: overlay), .volume, "\(name)/overlay.qcow2")
      let volumes = try await host.pool(name).volumes
      #expect(volumes.map(\.name) == ["base.qcow2", "overlay.qcow2"])
      #expect(volumes.last?.spec.string("backingPath") == made.path)

      for volume in ["overlay.qcow2", "base.qcow2", "base.qcow2"] {
        try await host.perform(.removeVolume, .volume, "\(name)/\(volume)")
      }
      #expect(try await host.pool(name).volumes.isEmpty)
    }
  }

  @Test("Twenty operations on one pool at once do not collide")
  func collisions() async throws {
    try await withPool { host, name in
      let spec = Record([("capacity", .integer(1 << 20)), ("format", "raw")])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          group.addTask {
            let id = "\(name)/disk-\(index)"
            try await host.perform(.createVolume(spec: spec), .volume, id)
            try await host.perform(.removeVolume, .volume, id)
          }
        }
        try await group.waitForAll()
      }
      #expect(try await host.pool(name).volumes.isEmpty)
    }
  }

  @Test("Volumes are read of declared pools, of pools with declared volumes, and of no others")
  func declaredVolumes() async throws {
    try await withPool { host, name in
      let id = "\(name)/disk"
      let spec = Record([("capacity", .integer(1 << 20)), ("format", "raw")])
      try await host.perform(.createVolume(spec: spec), .volume, id)
      func volumes(_ shapes: [Kind: [String: Shape]]) async throws -> [ObservedVolume]? {
        try await host.observe(shapes).pools.first { $0.name == name }?.volumes
      }
      #expect(try await volumes([:])?.isEmpty == true)
      let byPool = try #require(try await volumes([.pool: [name: Shape()]])?.first)
      // All fields of each: an undeclared one may be the overlay of a declared one.
      #expect(byPool.spec.string("format") == "raw")
      let byVolume = try #require(try await volumes([.volume: [id: Shape(of: spec)]])?.first)
      #expect(byVolume.spec == byPool.spec)
      #expect(byVolume.fingerprint == byPool.fingerprint)
      try await host.perform(.removeVolume, .volume, id)
    }
  }

  @Test("The ledger comes back as it was written, and goes when it is empty", arguments: [1, 2000])
  func ledger(entries: Int) async throws {
    let host = try await Host.open(Lab.uri)
    let stack = Lab.name("stack-")
    #expect(try await host.observe(stack: stack).ledger == nil)
    // Two thousand entries need more than one secret.
    for digest in ["first", "second"] {
      let ledger = ledger(of: stack, digest, entries)
      try await host.perform(.writeLedger(ledger), .pool, "ledger")
      #expect(try await host.observe(stack: stack).ledger == ledger)
    }
    let short = ledger(of: stack, "third", 1)
    try await host.perform(.writeLedger(short), .pool, "ledger")
    #expect(try await host.observe(stack: stack).ledger == short)
    try await host.perform(.writeLedger(Ledger(stack: stack)), .pool, "ledger")
    #expect(try await host.observe(stack: stack).ledger == nil)
    await host.hypervisor.close()
  }

  @Test("A ledger is read whole while another run writes it")
  func ledgerWhileWritten() async throws {
    let stack = Lab.name("stack-")
    let versions = ["first", "second"].map { ledger(of: stack, $0, 1000) }
    let writer = try await Host.open(Lab.uri)
    try await writer.perform(.writeLedger(versions[0]), .pool, "ledger")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let reader = try await Host.open(Lab.uri)
        for _ in 0..<60 {
          let seen = try #require(try await reader.observe(stack: stack).ledger)
          #expect(versions.contains(seen))
        }
        await reader.hypervisor.close()
      }
      group.addTask {
        for index in 1...60 {
          try await writer.perform(.writeLedger(versions[index % 2]), .pool, "ledger")
        }
      }
      try await group.waitForAll()
    }
    try await writer.perform(.writeLedger(Ledger(stack: stack)), .pool, "ledger")
    await writer.hypervisor.close()
  }

  private func ledger(of stack: String, _ digest: String, _ entries: Int) -> Ledger {
    Ledger(
      stack: stack,
      entries: (0..<entries).map { index in
        Ledger.Entry(
          kind: .volume, name: "images/disk-\(index)",
          ownership: Ownership(
            stack: stack, source: "a/b.yaml", digest: digest,
            appliedSpec: #"{"capacity":1073741824,"text":"<&> ä"}"#, onRemove: "delete"))
      })
  }
}

extension Result where Failure == any Error {
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
