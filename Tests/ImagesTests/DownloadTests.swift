import Execution
import FoundationEssentials
import Glibc
import Images
import Model
import TestSupport
import Testing

@Suite("Images are downloaded") struct DownloadTests {
  @Test(
    "whole, whatever stands in the way",
    arguments: [
      "/plain/disk.img", "/bare/disk.img", "/refuse/disk.img", "/changed/disk.img",
      "/redirect/redirect/plain/disk.img", "/slow/900000/disk.img", "/cut/70000/disk.img",
      "/busy/1/plain/disk.img", "/plain/disk.img?token=1",
    ])
  func whole(_ path: String) async throws {
    let site = try Site()
    #expect(try await site.bytes(site.image(path)) == Site.content)
    #expect(site.kept() == ["facts", "image"])
  }

  @Test(
    "or not at all, and the error tells of the URL",
    arguments: [
      ("/truncated/disk.img", "150000 bytes remaining to read"),
      ("/stall/disk.img", "Operation too slow"),
      ("/short/disk.img", "its 150000 bytes have"), ("/wrong/disk.img", "its 300000 bytes have"),
      ("/loop", "Maximum (10) redirects followed"), ("/status/500/disk.img", "500"),
      ("/plain/none.img", "404"), ("/redirect//etc/passwd", "404"),
    ])
  func refused(_ path: String, _ reason: String) async throws {
    let site = try Site(stallSeconds: path.hasPrefix("/stall") ? 1 : 60)
    let error = try #require(await site.refusal(site.image(path)))
    #expect(error.code == .content)
    #expect(error.message.contains(site.server.url + path))
    #expect(error.message.contains(reason), "\(error.message)")
    #expect(await site.store().isEmpty(site))
    #expect(!site.kept().contains("image"))
  }

  @Test("A wrong checksum names both, and what has it is not kept")
  func checksum() async throws {
    let site = try Site()
    let wanted = ContentDigest(of: Array("something else".utf8), .sha512)
    let error = try #require(await site.refusal(site.image("/plain/disk.img", wanted)))
    #expect(error.message.contains(wanted.hexadecimal))
    #expect(error.message.contains(ContentDigest(of: Site.content, .sha512).hexadecimal))
    #expect(site.kept() == [])
  }

  @Test("One that broke off is taken up where it ended, as long as the file is the same")
  func resumed() async throws {
    let site = try Site()
    // After 70,000 bytes each time, and with a server that knows the file by its tag.
    #expect(try await site.bytes(site.image("/cut/70000/disk.img")) == Site.content)
    #expect(
      try site.ranges()
        == [nil, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"])
  }

  @Test("A later run takes up what an earlier one left")
  func laterRun() async throws {
    let site = try Site()
    // An agreement to stop after some bytes.
    let seen = Lock<Int64>(0)
    let monitor = TransferMonitor(
      report: { transfer, _ in seen.withLock { $0 = transfer.done } },
      isStopping: { seen.withLock { $0 } > 100_000 })
    let stopped = await TransferMonitor.$current.withValue(monitor) {
      await site.refusal(site.image("/slow/600000/disk.img"))
    }
    #expect(stopped?.code == .cancelled)
    #expect(site.kept() == ["part", "validator"])
    #expect(try await site.bytes(site.image("/slow/600000/disk.img")) == Site.content)
    #expect(try site.ranges().last??.hasPrefix("bytes=1") == true)
  }

  @Test("What is in the cache is not fetched again, unless it was touched")
  func cached() async throws {
    let site = try Site()
    let image = site.image("/plain/disk.img")
    _ = try await site.bytes(image)
    _ = try await site.bytes(image)
    #expect(try site.ranges().count == 1)
    let path = try await site.store().file(of: image).path
    try Data([1, 2, 3]).write(to: URL(filePath: path))
    #expect(try await site.bytes(image) == Site.content)
    #expect(try site.ranges().count == 2)
  }

  @Test("Hosts and runs that want the same image at the same time fetch it once")
  func once() async throws {
    let site = try Site()
    let image = site.image("/slow/600000/disk.img")
    let store = site.store()
    try await withThrowingTaskGroup(of: String.self) { group in
      // Two hosts of one run, and two other runs.
      for store in [store, store, site.store(), site.store()] {
        group.addTask { try await store.file(of: image).path }
      }
      var paths: Set<String> = []
      for try await path in group { paths.insert(path) }
      #expect(paths.count == 1)
    }
    #expect(try site.ranges().count == 1)
  }

  @Test("A login is in no message")
  func login() async throws {
    let site = try Site()
    let url = site.server.url.replacing("http://", with: "http://ops:hidden@")
    let image = ImageContent(
      name: "debian", source: url + "/plain/none.img", digest: Site.digest)
    let error = try #require(await site.refusal(image))
    #expect(!error.message.contains("hidden"))
    #expect(error.message.contains(site.server.url))
  }
}

extension ImageStore {
  /// Whether nothing was made of what failed.
  func isEmpty(_ site: Site) -> Bool { site.cache.content(Site.digest) == nil }
}
