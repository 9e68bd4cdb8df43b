import Execution
import Glibc
import Model

/// The folder in which images are kept, each under the digest of the file as it was downloaded:
///
/// - `DIGEST.part` is a download that is under way, or broke off;
/// - `DIGEST.image` is the image, checked and unpacked, and `DIGEST.facts` tells its size and digest: without that it is
///   not there;
/// - `DIGEST.lock` is held by whoever changes the others.
public struct ImageCache: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// `virtspec/images` in the user's cache folder.
  public static func standard(_ environment: [String: String]) throws(HypervisorError) -> ImageCache
  {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return ImageCache(folder: cache + "/virtspec/images")
    }
    if let home = environment["HOME"], home.hasPrefix("/") {
      return ImageCache(folder: home + "/.cache/virtspec/images")
    }
    throw .content("getenv", "there is no folder for images: set XDG_CACHE_HOME or HOME")
  }

  func path(_ digest: ContentDigest, _ suffix: String) -> String {
    // Longer digests would fill the names that file systems take.
    "\(folder)/\(digest.algorithm.rawValue)-\(digest.hexadecimal.prefix(64)).\(suffix)"
  }

  /// The image, where it was brought here before.
  public func content(_ digest: ContentDigest) -> LocalContent? {
    let path = path(digest, "image")
    guard let bytes = try? LocalFile.read(self.path(digest, "facts")),
      let facts = Facts(String(decoding: bytes, as: UTF8.self)),
      // One that was touched may be anything.
      FileStamp(path) == facts.stamp
    else { return nil }
    // It is in use: see `dropUnused`.
    utimensat(AT_FDCWD, self.path(digest, "facts"), nil, 0)
    return LocalContent(path: path, size: facts.size, digest: facts.digest)
  }

  /// Makes a file that was checked the image of the digest.
  func keep(_ file: String, _ facts: Facts, _ digest: ContentDigest) throws(HypervisorError) {
    let path = path(digest, "image")
    unlink(self.path(digest, "facts"))
    if rename(file, path) != 0 { throw .file("rename", path) }
    var facts = facts
    facts.stamp = FileStamp(path)
    do throws(FileProblem) {
      // Last, since it says that the image is whole.
      try LocalFile.write(facts.text.utf8, to: self.path(digest, "facts"))
    } catch {
      throw .content("write", error.description)
    }
  }

  /// Makes the folder.
  func make() throws(HypervisorError) {
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o700) != 0, errno != EEXIST { throw .file("mkdir", made) }
    }
  }

  /// Runs `body` while no other run works on the image.
  func whileHolding<Value>(
    _ digest: ContentDigest, isStopping: () -> Bool, _ body: () throws(HypervisorError) -> Value
  ) throws(HypervisorError) -> Value {
    let path = path(digest, "lock")
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .file("open", path) }
    // The lock goes with the descriptor, also when the process dies.
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno != EWOULDBLOCK, errno != EINTR { throw .file("flock", path) }
      if isStopping() { throw .stopped }
      usleep(50_000)
    }
    return try body()
  }
}

/// What is known of a file that was checked.
struct Facts: Hashable {
  var size: Int64
  /// Of the unpacked image.
  var digest: ContentDigest
  /// By which it is known again.
  var stamp: FileStamp?

  init(size: Int64, digest: ContentDigest) {
    self.size = size
    self.digest = digest
  }

  /// Reads what `text` gives.
  init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let digest = ContentDigest(String(words[0])),
      let stamp = FileStamp(text: String(words[1]))
    else { return nil }
    self.init(size: stamp.size, digest: digest)
    self.stamp = stamp
  }

  var text: String { "\(digest) \(stamp?.text ?? "")\n" }
}

/// What changes when a file does.
struct FileStamp: Hashable {
  var size: Int64
  private var inode: UInt64
  private var seconds: Int
  private var nanoseconds: Int

  /// Nil when there is no regular file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    size = Int64(status.st_size)
    inode = UInt64(status.st_ino)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// Reads what `text` gives.
  init?(text: String) {
    let numbers = text.split(separator: "-").compactMap { Int64($0) }
    guard numbers.count == 4 else { return nil }
    (size, inode) = (numbers[0], UInt64(clamping: numbers[1]))
    (seconds, nanoseconds) = (Int(numbers[2]), Int(numbers[3]))
  }

  var text: String { "\(size)-\(inode)-\(seconds)-\(nanoseconds)" }
}
