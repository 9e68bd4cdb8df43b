import Execution
import Glibc
import Images
import Model
import TestSupport
import Testing

@Suite("Images are unpacked and looked into") struct UnpackTests {
  /// A file packed by the tool of the name.
  private func packed(_ tool: String, _ suffix: String, _ site: Site) throws -> [UInt8] {
    let path = try site.server.add("packed.img", Site.content)
    let status = system("\(tool) -q -c \(path) > \(path).\(suffix)")
    try #require(status == 0)
    return try LocalFile.read("\(path).\(suffix)")
  }

  private static let tools = [("xz", "xz"), ("gzip", "gz"), ("zstd", "zst"), ("bzip2", "bz2")]

  @Test("xz, gzip, zstd and bzip2 are known by their first bytes", arguments: tools)
  func packings(_ tool: String, _ suffix: String) async throws {
    let site = try Site()
    let bytes = try packed(tool, suffix, site)
    try site.server.add("file", bytes)
    for compression in ["auto", suffix] {
      let image = site.image("/plain/file", ContentDigest(of: bytes), compression: compression)
      #expect(try await site.bytes(image) == Site.content)
    }
    #expect(site.kept() == ["facts", "image"])
    // As it is, when that is what is wanted.
    let plain = site.image("/plain/file", ContentDigest(of: bytes), compression: "none")
    let other = ImageStore(
      cache: ImageCache(folder: site.server.folder + "/other"), agent: "test")
    #expect(try LocalFile.read(try await other.file(of: plain).path) == bytes)
  }

  @Test("What is cut off or damaged is refused, even with the right digest", arguments: tools)
  func damaged(_ tool: String, _ suffix: String) async throws {
    let site = try Site()
    let bytes = Array(try packed(tool, suffix, site).dropLast(100))
    try site.server.add("file", bytes)
    let error = try #require(
      await site.refusal(site.image("/plain/file", ContentDigest(of: bytes))))
    #expect(error.code == .content)
    #expect(error.message.contains("/plain/file: it cannot be unpacked"))
    #expect(!site.kept().contains("image"))
  }

  @Test("Another packing than the declared one is refused")
  func otherPacking() async throws {
    let site = try Site()
    let error = try #require(
      await site.refusal(site.image("/plain/disk.img", compression: "xz")))
    #expect(error.message.contains("is not packed with xz"))
  }

  @Test("A file on this machine is used where it lies")
  func local() async throws {
    let site = try Site()
    let path = site.server.folder + "/disk.img"
    let content = try await site.store().file(of: site.image(path))
    #expect(content.path == path)
    #expect(site.kept() == [])
    let wrong = ContentDigest(of: [])
    #expect(
      await site.refusal(site.image(path, wrong))?.message.contains(wrong.hexadecimal) == true)
  }

  private func qcow2(_ features: UInt8 = 0, backing: UInt8 = 0) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes[0..<8] = [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]
    bytes[15] = backing
    bytes[24..<32] = [0, 0, 0, 0, 0x80, 0, 0, 0]
    bytes[79] = features
    return bytes
  }

  @Test("The header of a qcow2 image tells its size and what it needs besides")
  func header() {
    let plain = DiskImageHeader(qcow2(), size: 512)
    #expect(plain.format == "qcow2")
    #expect(plain.virtualSize == 2 << 30)
    #expect(plain.need == nil)
    #expect(DiskImageHeader(qcow2(backing: 200), size: 512).need == "a backing file")
    #expect(DiskImageHeader(qcow2(4), size: 512).need == "a data file")
    let raw = DiskImageHeader(Site.content, size: 300_000)
    #expect(raw.format == "raw")
    #expect(raw.virtualSize == 300_000)
    #expect(DiskImageHeader([], size: 0).format == "raw")
  }

  @Test("An image that needs another file, or is of another format, is refused")
  func unfit() async throws {
    let site = try Site()
    for (bytes, format, reason) in [
      (qcow2(backing: 200), nil, "needs a backing file"), (qcow2(), "raw", "declares raw"),
      (Site.content, "qcow2", "declares qcow2"), ([], nil, "is empty"),
    ] as [([UInt8], String?, String)] {
      try site.server.add("file", bytes)
      let error = try #require(
        await site.refusal(site.image("/plain/file", ContentDigest(of: bytes), format: format)))
      #expect(error.message.contains(reason))
      #expect(!site.kept().contains("image"))
    }
  }
}
