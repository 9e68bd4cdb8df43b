import Execution
import Glibc

extension ImageCache {
  /// How long an image is kept that nobody asks for.
  static let keptSeconds = 30 * 24 * 3600

  /// Removes images, and downloads that broke off, that nobody has asked for in a month. Whoever wants one of them again
  /// brings it again. One that another run works on stays; so does whatever cannot be removed.
  func dropUnused(now: Int = time(nil)) {
    let names = self.names()
    for name in names where name.hasSuffix(".facts") || name.hasSuffix(".part") {
      guard isUnused(name, now), let dot = name.lastIndex(of: ".") else { continue }
      let stem = String(name[..<dot])
      // What was measured of a file that lies elsewhere.
      if stem.hasPrefix("file-") {
        unlink(folder + "/" + name)
        continue
      }
      whileNobodyHolds(stem) {
        // Another run may have begun to use it meanwhile.
        guard isUnused(name, now) else { return }
        // First, since it says that the image is there.
        if name.hasSuffix(".facts") { unlink("\(folder)/\(stem).facts") }
        for suffix in name.hasSuffix(".facts") ? ["image"] : ["part", "unpacked"] {
          unlink("\(folder)/\(stem).\(suffix)")
        }
      }
    }
  }

  private func names() -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  /// Whether a file was neither written nor asked for in all that time.
  private func isUnused(_ name: String, _ now: Int) -> Bool {
    var status = stat()
    guard stat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return false
    }
    return status.st_mtim.tv_sec < now - Self.keptSeconds
  }

  private func whileNobodyHolds(_ stem: String, _ body: () -> Void) {
    let descriptor = open("\(folder)/\(stem).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { return }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { body() }
  }
}
