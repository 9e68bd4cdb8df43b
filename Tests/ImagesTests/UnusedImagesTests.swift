import Execution
import Glibc
import Model
import TestSupport
import Testing

@testable import Images

@Suite("Images that nobody asks for") struct UnusedImagesTests {
  private static let other: [UInt8] = Array("another image".utf8)

  /// Makes what tells of use older. An image that is touched is no longer the image.
  private func age(_ site: Site, days: Int) throws {
    for suffix in ["facts", "part"] {
      let path = site.cache.path(Site.digest, suffix)
      if access(path, F_OK) != 0 { continue }
      let instant = timespec(tv_sec: time(nil) - days * 24 * 3600, tv_nsec: 0)
      try #require(utimensat(AT_FDCWD, path, [instant, instant], 0) == 0)
    }
  }

  private func bringAnother(_ site: Site) async throws {
    try site.server.add("other.img", Self.other)
    let image = site.image("/plain/other.img", ContentDigest(of: Self.other))
    #expect(try await site.bytes(image) == Self.other)
  }

  @Test("go after a month, when another one is brought")
  func dropped() async throws {
    let site = try Site()
    _ = try await site.bytes(site.image("/plain/disk.img"))
    try age(site, days: 31)
    try await bringAnother(site)
    #expect(site.cache.content(Site.digest) == nil)
    #expect(site.cache.content(ContentDigest(of: Self.other)) != nil)
    #expect(site.kept() == ["facts", "image"])
    // And come back.
    #expect(try await site.bytes(site.image("/plain/disk.img")) == Site.content)
  }

  @Test("stay for a month")
  func kept() async throws {
    let site = try Site()
    _ = try await site.bytes(site.image("/plain/disk.img"))
    try age(site, days: 29)
    try await bringAnother(site)
    #expect(site.cache.content(Site.digest) != nil)
  }

  @Test("stay when somebody asked for them since, however old they are")
  func asked() async throws {
    let site = try Site()
    _ = try await site.bytes(site.image("/plain/disk.img"))
    try age(site, days: 31)
    #expect(site.cache.content(Site.digest) != nil)
    try await bringAnother(site)
    #expect(site.cache.content(Site.digest) != nil)
  }

  @Test("stay while another run works on them; downloads that broke off go, too")
  func held() async throws {
    let site = try Site()
    try site.cache.make()
    let part = site.cache.path(Site.digest, "part")
    try LocalFile.write("half".utf8, to: part)
    try age(site, days: 31)
    let isStopping = { false }
    try site.cache.whileHolding(Site.digest, isStopping: isStopping) { site.cache.dropUnused() }
    #expect(access(part, F_OK) == 0)
    site.cache.dropUnused()
    #expect(access(part, F_OK) != 0)
  }
}
