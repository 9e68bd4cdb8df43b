import Glibc
import Model

/// Files and folders on disk.
enum ManifestFiles {
  /// The files that a path stands for, sorted by name.
  static func expand(_ path: String) -> Result<[String], Diagnostic> {
    if path == "-" { return .success(["-"]) }
    var status = stat()
    guard stat(path, &status) == 0 else { return .failure(problem(path)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .success([path]) }
    return folder(path)
  }

  private static func folder(_ path: String) -> Result<[String], Diagnostic> {
    guard let handle = opendir(path) else { return .failure(problem(path)) }
    var names: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      // A symbolic link to a folder is not followed: it could lead round in a circle.
      names.append((name, isFolder(entry.pointee.d_type, path + "/" + name)))
    }
    closedir(handle)
    var files: [String] = []
    let base = path.hasSuffix("/") ? String(path.dropLast()) : path
    for (name, isFolder) in names.sorted(by: { $0.name < $1.name }) {
      let inner = base + "/" + name
      if isFolder {
        switch folder(inner) {
        case .success(let found): files += found
        case .failure(let problem): return .failure(problem)
        }
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        files.append(inner)
      }
    }
    return .success(files)
  }

  /// By the folder's own entry, where the file system tells.
  private static func isFolder(_ type: UInt8, _ path: @autoclosure () -> String) -> Bool {
    if Int(type) != Int(DT_UNKNOWN) { return Int(type) == Int(DT_DIR) }
    var status = stat()
    return lstat(path(), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The bytes of a file; `-` is standard input.
  static func read(_ path: String) -> Result<[UInt8], Diagnostic> {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(problem(path)) }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    // One byte over the limit is enough for the YAML reader to refuse the file; one more than the file has
    // shows its end without another round.
    let limit = YAMLLimits.standard.maximumBytes + 1
    var capacity = isFile ? min(limit, Int(status.st_size) + 1) : min(limit, 65_536)
    var bytes: [UInt8] = []
    while true {
      let wanted = capacity - bytes.count
      var count = 0
      let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, length in
        count = Glibc.read(descriptor, buffer.baseAddress, wanted)
        length = max(0, count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(problem(path))
      }
      bytes = bytes.isEmpty ? part : bytes + part
      if count == 0 || bytes.count >= limit || isFile && bytes.count < capacity {
        return .success(bytes)
      }
      capacity = min(limit, max(capacity * 2, bytes.count + 65_536))
    }
  }

  private static func problem(_ path: String) -> Diagnostic {
    let reason = String(cString: strerror(errno))
    return Diagnostic(code: "unreadable-file", "'\(path)' cannot be read: \(reason)")
  }
}
