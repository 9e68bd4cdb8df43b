import Execution
import Glibc
import Libvirt
import Model
import Planning
import Testing

@Suite("Uploads to a daemon", .enabled(if: Lab.isThere))
struct LabUploadTests {
  /// A folder that the daemon sees under the same path.
  private let folder = "/tmp/" + Lab.name("virtspec-upload-")

  /// Several blocks, and not a whole number of them.
  private let content = (0..<3_500_001).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }

  private func withPool(_ body: (Host, String) async throws -> Void) async throws {
    let host = try await Host.open(Lab.uri)
    let name = Lab.name("upload-")
    let spec = Record([("type", "dir"), ("path", .string(folder))])
    try await host.perform(.definePool(.of(.pool, name, spec)), .pool, name)
    try await host.perform(.buildPool, .pool, name)
    try await host.perform(.startPool, .pool, name)
    let result = await Result { try await body(host, name) }
    for volume in (try? await host.pool(name).volumes) ?? [] {
      await host.tidy([.removeVolume], .volume, "\(name)/\(volume.name)")
    }
    await host.tidy([.stopPool, .undefinePool], .pool, name)
    rmdir(folder)
    await host.hypervisor.close()
    try result.get()
  }

  private func upload(_ existing: VolumeUpload.Existing = .refuse) -> Planning.Operation {
    .uploadVolume(
      VolumeUpload(
        content: .bytes(ContentBytes(content)), spec: Record([("allocation", 0)]),
        existing: existing))
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try LocalFile.read(folder + "/" + name)
  }

  @Test("A volume has every byte of its content, and no other")
  func whole() async throws {
    try await withPool { host, pool in
      try await host.perform(upload(), .volume, "\(pool)/a.img")
      #expect(try bytes("a.img") == content)
      let volume = try #require(try await host.pool(pool).volumes.first)
      #expect(volume.spec.integer("capacity") == Int64(content.count))
    }
  }

  @Test("What is there is left alone, kept or made anew, as the operation says")
  func existing() async throws {
    try await withPool { host, pool in
      let id = "\(pool)/a.img"
      let empty = Record([("capacity", .integer(1 << 23)), ("format", "raw"), ("allocation", 0)])
      try await host.perform(.createVolume(spec: empty), .volume, id)
      #expect(try await host.refusal(upload(), .volume, id).code == .changed)
      try await host.perform(upload(.keep), .volume, id)
      #expect(try bytes("a.img").count == 1 << 23)
      try await host.perform(upload(.replace), .volume, id)
      #expect(try bytes("a.img") == content)
    }
  }

  @Test("A file that is not what it was checked to be leaves no volume behind")
  func changed() async throws {
    try await withPool { host, pool in
      let path = folder + ".content"
      try LocalFile.write(content, to: path)
      defer { unlink(path) }
      var wrong = content
      wrong[17] ^= 1
      for (size, digest) in [
        (Int64(content.count), ContentDigest(of: wrong)),
        (Int64(content.count - 1), ContentDigest(of: content)),
        (Int64(content.count + 1), ContentDigest(of: content)),
      ] {
        let provider = FixedContent(LocalContent(path: path, size: size, digest: digest))
        let error = try await Contents.$provider.withValue(provider) {
          try await host.refusal(FixedContent.operation, .volume, "\(pool)/a.img")
        }
        #expect(error.code == .content)
        #expect(try await host.pool(pool).volumes.isEmpty)
      }
      let provider = FixedContent(
        LocalContent(
          path: path, size: Int64(content.count), digest: ContentDigest(of: content, .sha512)))
      try await Contents.$provider.withValue(provider) {
        try await host.perform(FixedContent.operation, .volume, "\(pool)/a.img")
      }
      #expect(try bytes("a.img") == content)
    }
  }

  @Test("One that is stopped leaves no volume behind, and tells how far it came")
  func stopped() async throws {
    try await withPool { host, pool in
      let seen = Lock<[Transfer]>([])
      let monitor = TransferMonitor(
        report: { transfer, _ in seen.withLock { $0.append(transfer) } },
        isStopping: { seen.withLock { ($0.last?.done ?? 0) > 1 << 20 } })
      let error = try await TransferMonitor.$current.withValue(monitor) {
        try await host.refusal(upload(), .volume, "\(pool)/a.img")
      }
      #expect(error.code == .cancelled)
      #expect(seen.withLock { $0.map(\.done) }.prefix(3) == [0, 1 << 20, 2 << 20])
      #expect(seen.withLock { $0.first?.total } == Int64(content.count))
      #expect(try await host.pool(pool).volumes.isEmpty)
    }
  }
}

/// Content that lies in a file.
private struct FixedContent: ContentProviding {
  static let operation = Planning.Operation.uploadVolume(
    VolumeUpload(
      content: .image(
        ImageContent(name: "i", source: "i", digest: ContentDigest(of: []))),
      spec: Record([("allocation", 0)])))

  let content: LocalContent
  init(_ content: LocalContent) { self.content = content }
  func file(of image: ImageContent) async throws(HypervisorError) -> LocalContent { content }
}
