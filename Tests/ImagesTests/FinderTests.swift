import Execution
import FoundationEssentials
import Images
import Model
import TestSupport
import Testing

@Suite("What an image is, is found out before a plan is made") struct FinderTests {
  private func question(
    _ source: String, _ site: Site, digest: ContentDigest? = nil, checksums: String? = nil
  ) throws -> ImageFinder.Question {
    ImageFinder.Question(
      name: "debian", source: try #require(ImageSource(source, folder: site.server.folder)),
      digest: digest, checksums: checksums.flatMap { ImageSource($0, folder: site.server.folder) },
      compression: "auto", format: nil)
  }

  private func finder(_ site: Site) -> ImageFinder {
    ImageFinder(cache: site.cache, limits: site.limits, agent: "test")
  }

  private func problem(
    _ question: ImageFinder.Question, _ site: Site
  ) async -> ImageFinder.Problem? {
    do throws(ImageFinder.Problem) {
      _ = try await finder(site).content(question)
      return nil
    } catch {
      return error
    }
  }

  @Test("A declared digest needs nothing, not even a server")
  func declared() async throws {
    let site = try Site()
    let content = try await finder(site).content(
      question("http://127.0.0.1:1/disk.img", site, digest: Site.digest))
    #expect(content.digest == Site.digest)
    #expect(content.size == nil && content.virtualSize == nil)
    #expect(try site.ranges() == [])
  }

  @Test("A list of digests is read once, by URL or path")
  func listed() async throws {
    let site = try Site()
    let sha512 = ContentDigest(of: Site.content, .sha512)
    try site.server.add("SHA512SUMS", Array("\(sha512.hexadecimal)  disk.img\n".utf8))
    let finder = finder(site)
    for checksums in [site.server.url + "/plain/SHA512SUMS", "SHA512SUMS"] {
      for _ in 1...2 {
        let content = try await finder.content(
          question(site.server.url + "/plain/disk.img", site, checksums: checksums))
        #expect(content.digest == sha512)
      }
    }
    #expect(try site.ranges().count == 1)
  }

  @Test("A list that cannot be read, or does not have the file, is a problem of its field")
  func unlisted() async throws {
    let site = try Site()
    try site.server.add("SUMS", Array("\(Site.digest.hexadecimal)  disc.img\n".utf8))
    for (list, reason) in [("SUMS", "did you mean 'disc.img'?"), ("NONE", "404")] {
      let url = site.server.url + "/plain/" + list
      let question = ImageFinder.Question(
        name: "debian", source: .url(site.server.url + "/plain/disk.img"), digest: nil,
        checksums: .url(url), compression: "auto", format: nil)
      let problem = try #require(await problem(question, site))
      #expect(problem.field == "checksums")
      #expect(problem.message.contains(url))
      #expect(problem.message.contains(reason))
    }
  }

  @Test("A file on this machine is measured, and again when it changes")
  func measured() async throws {
    let site = try Site()
    let content = try await finder(site).content(question("disk.img", site))
    #expect(content.digest == Site.digest)
    #expect(content.size == 300_000 && content.virtualSize == 300_000 && content.format == "raw")
    #expect(content.source == site.server.folder + "/disk.img")
    let other = Array(Site.content.reversed())
    try site.server.add("disk.img", other)
    #expect(
      try await finder(site).content(question("disk.img", site)).digest == ContentDigest(of: other))
    let missing = try question("none.img", site, digest: Site.digest)
    #expect(await problem(missing, site)?.field == "source")
  }

  @Test(
    "sources are URLs or paths",
    arguments: [
      ("http://a/b.img?x", "http://a/b.img?x", "b.img"), ("b.img", "folder/b.img", "b.img"),
      ("/srv/b.img", "/srv/b.img", "b.img"), ("file:///srv/a%20b.img", "/srv/a b.img", "a b.img"),
      ("file://localhost/srv/b.img", "/srv/b.img", "b.img"),
    ])
  func sources(_ text: String, _ found: String, _ name: String) {
    #expect(ImageSource(text, folder: "folder")?.text == found)
    #expect(ImageSource(text, folder: "folder")?.fileName == name)
  }

  @Test("other URLs are none", arguments: ["ftp://a/b", "file://host/b", "s3://a/b"])
  func strangers(_ text: String) { #expect(ImageSource(text) == nil) }
}
