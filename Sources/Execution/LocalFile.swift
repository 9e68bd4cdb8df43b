import Glibc

/// Why a file on this machine could not be read or written.
public struct FileProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  /// The system's words.
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The system's last error.
  static func last(_ path: String) -> FileProblem {
    FileProblem(path: path, reason: String(cString: strerror(errno)))
  }

  public var description: String { "\(path): \(reason)" }
}

/// Files that hold what others on the machine need not read: plans and journals.
public enum LocalFile {
  /// The whole content.
  public static func read(_ path: String) throws(FileProblem) -> [UInt8] {
    try head(path, limit: .max)
  }

  /// The first bytes, at most so many.
  public static func head(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit, 1 << 16))
    while bytes.count < limit {
      let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .last(path) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// Whether there is a regular file at the path; links are followed.
  public static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Writes a file that is there as a whole or not at all, and that nobody else can read. One of the name is
  /// replaced.
  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(FileProblem) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FileProblem(path: path, reason: "it is no file")
    }
    let folder = parent(of: path)
    var template = Array("\(folder)/.virtspec-XXXXXX".utf8CString)
    // With mode 0600; nothing is started in between that could inherit the descriptor.
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw .last(path) }
    let temporary = String(
      decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    do throws(FileProblem) {
      defer { close(descriptor) }
      try write(bytes, to: descriptor, path)
      if fsync(descriptor) != 0 { throw .last(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, path) != 0 {
      let problem = FileProblem.last(path)
      unlink(temporary)
      throw problem
    }
    try synchronize(folder)
  }

  /// What a folder has, unless it is hidden; nothing where there is no folder.
  static func names(in folder: String) throws(FileProblem) -> [String] {
    guard let handle = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw .last(folder)
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  /// Makes the names in a folder outlive a crash of the machine.
  static func synchronize(_ folder: String) throws(FileProblem) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last(folder) }
    defer { close(descriptor) }
    // Some file systems have no such call for folders, and need none.
    if fsync(descriptor) != 0, errno != EINVAL { throw .last(folder) }
  }

  /// Writes all of the bytes, however many calls it takes.
  static func write(
    _ bytes: some Collection<UInt8>, to descriptor: Int32, _ path: String
  ) throws(FileProblem) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .last(path) }
      rest = rest.dropFirst(count)
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
